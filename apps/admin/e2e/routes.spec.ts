import type { Page } from "@playwright/test";
import { expectNoBarrier } from "./support/barriers.ts";
import { ConsoleServer, WITH_ADMIN } from "./support/console_server.ts";
import { configOf, FakeOpenAi } from "./support/fake_openai.ts";
import { ask, expect, expectPhase, lastText, signIn, test } from "./support/pages.ts";

const LANGUAGES = [
  {
    locale: "ar",
    providers: "المزوّدون",
    back: "العودة إلى المحادثة",
    change: "تغيير",
    save: "حفظ",
    down: /^نقل alpha.* إلى أسفل$/,
    up: /^نقل alpha.* إلى أعلى$/,
    remove: /^إخراج alpha/,
    retries: "إعادات المحاولة على الهدف الواحد",
    tooMany: "المتوقع 20 على الأكثر، والموجود 99",
    saved: "حُفظ",
    undo: "تراجع",
    history: "السجل",
    restore: /^استعادة/,
    test: /^اختبار/,
    works: "يعمل",
    newRoute: "مسار جديد",
    name: "الاسم",
    changes: "التغييرات",
    changed: "تغيير مسار",
    firstToken: "أول رمز",
    badKey: /المفتاح|مفتاح/,
  },
  {
    locale: "en",
    providers: "Providers",
    back: "Back to the chat",
    change: "Change",
    save: "Save",
    down: /^Move alpha.* down$/,
    up: /^Move alpha.* up$/,
    remove: /^Take alpha.* out$/,
    retries: "Retries on one target",
    tooMany: "Expected at most 20, found 99",
    saved: "Saved.",
    undo: "Undo",
    history: "History",
    restore: /^Bring back/,
    test: /^Test/,
    works: "It works",
    newRoute: "New route",
    name: "Name",
    changes: "Changes",
    changed: "Route changed",
    firstToken: "First token",
    badKey: /key/i,
  },
];

const KEY = "sk-alpha-0123456789abcdefghijklmnop";

/** Two providers of a file that gives no route, so that the default route is the console's to change. */
function twoProviders(alpha: FakeOpenAi, beta: FakeOpenAi) {
  const provider = (fake: FakeOpenAi, model: string) => ({ dialect: "openai-chat", baseUrl: fake.baseUrl, model });
  return { providers: { alpha: { ...provider(alpha, "a-1"), apiKeyEnv: "ALPHA_KEY" }, beta: provider(beta, "b-1") } };
}

const card = (page: Page, route = "default") => page.locator(`[data-route="${route}"]`);
const order = (page: Page, route?: string) => card(page, route).locator("ol [data-provider] .name > bdi");

for (const text of LANGUAGES) {
  test.describe(text.locale, () => {
    test.use({ locale: text.locale });

    test("a route is changed with the keyboard, the next answer goes by it, and it is undone and brought back", async ({
      page,
    }) => {
      await using alpha = await FakeOpenAi.start();
      await using beta = await FakeOpenAi.start();
      alpha.play({ pieces: ["from alpha"] });
      beta.play({ pieces: ["from beta"] });
      const environment = { ...WITH_ADMIN, ALPHA_KEY: KEY };
      await using server = await ConsoleServer.start({ environment, config: twoProviders(alpha, beta) });
      await signIn(page, server);
      await page.getByRole("link", { name: text.providers }).click();
      await expect(order(page)).toHaveText(["alpha", "beta"]);

      await card(page).getByRole("button", { name: text.change, exact: true }).click();
      await card(page).getByRole("button", { name: text.down }).focus();
      await page.keyboard.press("Enter");
      // At the end of the list the button is done; the other direction has the focus.
      await expect(card(page).getByRole("button", { name: text.up })).toBeFocused();
      await card(page).getByLabel(text.retries).fill("99");
      await card(page).getByRole("button", { name: text.save, exact: true }).click();
      await expect(card(page).getByText(text.tooMany)).toBeVisible();
      await expect(card(page).getByLabel(text.retries)).toBeFocused();
      await card(page)
        .getByLabel(text.retries)
        .fill(text.locale === "ar" ? "٠" : "0");
      await page.keyboard.press("Enter");
      await expect(card(page).getByText(text.saved)).toBeVisible();
      await expect(card(page).getByRole("button", { name: text.change, exact: true })).toBeFocused();
      await expect(order(page)).toHaveText(["beta", "alpha"]);
      await expect(card(page).locator('[data-field="maxRetries"] dd')).toContainText("0");

      await page.getByRole("link", { name: text.back }).click();
      await ask(page, "who?");
      await expectPhase(page, "completed");
      await expect(lastText(page)).toHaveText("from beta");

      await page.getByRole("link", { name: text.providers }).click();
      await card(page).getByRole("button", { name: text.change, exact: true }).click();
      await card(page).locator(".grip").nth(1).dragTo(card(page).locator("form li").nth(0));
      await card(page).getByRole("button", { name: text.save, exact: true }).click();
      await expect(order(page)).toHaveText(["alpha", "beta"]);
      await card(page).getByRole("button", { name: text.undo }).click();
      await expect(order(page)).toHaveText(["beta", "alpha"]);

      await card(page).getByRole("button", { name: text.history }).click();
      const versions = card(page).locator("[data-version]");
      await expect(versions).toHaveCount(3);
      await expect(versions.nth(1).locator('[data-change="targets"]')).toContainText("alpha/a-1 → beta/b-1");
      await versions.nth(1).getByRole("button", { name: text.restore }).click();
      await expect(order(page)).toHaveText(["alpha", "beta"]);
      await expect(versions).toHaveCount(4);

      await page.getByRole("link", { name: text.changes }).click();
      await expect(page.locator('[data-action="route-changed"]').first()).toContainText(text.changed);
      await expect(page.locator("[data-action]")).toHaveCount(4);
    });

    test("a target is tested with one click: what it said, or what is wrong and what to do", async ({ page }) => {
      await using alpha = await FakeOpenAi.start();
      await using beta = await FakeOpenAi.start();
      alpha.play({ pieces: ["I am ", "ready"] });
      const environment = { ...WITH_ADMIN, ALPHA_KEY: KEY };
      await using server = await ConsoleServer.start({ environment, config: twoProviders(alpha, beta) });
      await signIn(page, server);
      await page.getByRole("link", { name: text.providers }).click();
      const target = page.locator('ol [data-provider="alpha"]');
      await target.getByRole("button", { name: text.test }).click();
      const result = target.locator('[data-test="ok"]');
      await expect(result).toContainText(text.works);
      await expect(result).toContainText("I am ready");
      await expect(result.locator('[data-fact="first"]')).toContainText(text.firstToken);
      await expect(result.locator('[data-fact="model"]')).toContainText("a-1");

      alpha.play({ pieces: [], status: 401 });
      await target.getByRole("button", { name: text.test }).click();
      const failure = target.getByRole("alert");
      await expect(failure).toContainText("401");
      await expect(failure).toContainText(text.badKey);
      await expect(failure).not.toContainText("Refused by the test");
      await expect(target.locator("code", { hasText: "…" })).toBeVisible();
      await expect(target).toContainText("ALPHA_KEY");
      expect(await page.content()).not.toContain(KEY);
    });

    test("the editor, the history, a test's result and the log keep nobody out", async ({ page }) => {
      // Each look with axe takes seconds on a machine that is busy otherwise, and there are twelve.
      test.setTimeout(240_000);
      await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, ALLOW_MOCK_LLM: "true" } });
      await signIn(page, server);
      const { providers, change, save, history, test: run, changes } = text;
      await page.getByRole("link", { name: providers }).click();
      await page.locator('ol [data-provider="mock"]').getByRole("button", { name: run }).click();
      await expect(page.locator('[data-test="ok"]')).toBeVisible();
      await card(page).getByRole("button", { name: change, exact: true }).click();
      await card(page).locator("form input").nth(2).fill("99999999");
      await card(page).getByRole("button", { name: save, exact: true }).click();
      await expect(card(page).locator('[aria-invalid="true"]')).toBeFocused();
      await expectNoBarrier(page);
      await card(page).locator("form input").nth(2).fill("9000");
      await card(page).getByRole("button", { name: save, exact: true }).click();
      await card(page).getByRole("button", { name: history }).click();
      await expect(card(page).locator("[data-version]")).toHaveCount(1);
      await expectNoBarrier(page);
      await page.getByRole("link", { name: changes }).click();
      await expect(page.locator("[data-action]")).toHaveCount(2);
      await expectNoBarrier(page);
    });
  });
}

test.describe("whatever the language", () => {
  test.use({ locale: "en" });

  test("a route of the file is shown with the file's name, and cannot be changed", async ({ page }) => {
    await using fake = await FakeOpenAi.start();
    await using server = await ConsoleServer.start({
      environment: WITH_ADMIN,
      config: configOf({ alpha: fake.baseUrl }),
    });
    await signIn(page, server);
    await page.getByRole("link", { name: "Providers" }).click();
    await expect(card(page)).toContainText("this route is given in cogniforge.config.json");
    await expect(card(page).getByRole("button", { name: "Change", exact: true })).toHaveCount(0);
    await expect(card(page).locator('[data-field="maxRetries"]')).toContainText("from the file");
  });

  test("a route of the console's own is made and taken away, and cannot take another's name", async ({ page }) => {
    await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, ALLOW_MOCK_LLM: "true" } });
    await signIn(page, server);
    await page.getByRole("link", { name: "Providers" }).click();
    await page.getByRole("button", { name: "New route" }).click();
    const form = page.getByRole("region", { name: "New route" });
    await form.getByLabel("Name").fill("default");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form).toContainText("There is a route of this name already");
    await form.getByLabel("Name").fill("quick");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form).toContainText("Expected at least 1 entry");
    await form.getByRole("button", { name: "Add a target" }).click();
    await form.getByLabel("Model").fill("mock");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(order(page, "quick")).toHaveText(["mock"]);
    await card(page, "quick").getByRole("button", { name: "Change", exact: true }).click();
    await card(page, "quick").getByRole("button", { name: "Remove the route" }).click();
    await expect(card(page, "quick")).toHaveCount(0);
  });

  test("who is no administrator finds neither page nor link", async ({ page }) => {
    await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, ALLOW_MOCK_LLM: "true" } });
    await signIn(page, server);
    const member = { email: "member@example.com", password: "another long password", name: "Member" };
    const headers = { origin: server.url };
    const created = await page.request.post(`${server.url}/trpc/users.create`, {
      data: { ...member, role: "member" },
      headers,
    });
    expect(created.ok()).toBe(true);
    await page.context().clearCookies();
    const { email, password } = member;
    const signedIn = await page.request.post(`${server.url}/api/auth/sign-in/email`, {
      data: { email, password },
      headers,
    });
    expect(signedIn.ok()).toBe(true);
    for (const path of ["/providers", "/audit"]) {
      expect((await page.goto(server.url + path))?.status(), path).toBe(403);
      await expect(page.getByText("You may not see this page")).toBeVisible();
    }
    await page.goto(server.url);
    await expect(page.locator("form textarea")).toBeVisible();
    await expect(page.getByRole("link", { name: "Providers" })).toHaveCount(0);
    await expect(page.getByRole("link", { name: "Changes" })).toHaveCount(0);
  });
});
