import type { Page } from "@playwright/test";
import { expectNoBarrier } from "./support/barriers.ts";
import { ConsoleServer, WITH_ADMIN } from "./support/console_server.ts";
import { configOf, FakeOpenAi } from "./support/fake_openai.ts";
import { ask, composer, expect, expectPhase, lastAnswer, signIn, test } from "./support/pages.ts";

const LANGUAGES = [
  {
    locale: "ar",
    providers: "المزوّدون",
    back: "العودة إلى المحادثة",
    showList: "إظهار المحادثات",
    list: "المحادثات",
    question: "كيف تُنقذ الإجابة؟",
    usable: "صالح للاستعمال",
    closed: "مغلق",
    cut: "انقطاع",
    arm: "تفعيل التدريب",
    disarm: "إلغاء التفعيل",
    armed: "مفعّل: انقطاع",
    notArmed: "لا تدريب مفعّل",
    bounds: "عدد صحيح من 1 إلى 1,000,000",
    watch: "اسأل في المحادثة وشاهد الإنقاذ",
    failed: "فشلت",
    answered: "أجابت",
    lastFailure: "آخر فشل في الساعة",
    cutShort: /انقطع|قُطع/,
  },
  {
    locale: "en",
    providers: "Providers",
    back: "Back to the chat",
    showList: "Show conversations",
    list: "Conversations",
    question: "How is an answer rescued?",
    usable: "Usable",
    closed: "Closed",
    cut: "Cut",
    arm: "Arm the drill",
    disarm: "Disarm",
    armed: "Armed: Cut",
    notArmed: "No drill is armed",
    bounds: "A whole number from 1 to 1,000,000",
    watch: "Ask in the chat and watch the rescue",
    failed: "Failed",
    answered: "Answered",
    lastFailure: "Last failure at",
    cutShort: /cut|broke/i,
  },
];

const counter = (page: Page, name: string) => page.locator(`[data-counter="${name}"] dd`);

for (const text of LANGUAGES) {
  test.describe(text.locale, () => {
    test.use({ locale: text.locale });

    test("a cut is armed on the trial provider, its answer is rescued before the reader, and the counters know", async ({
      page,
    }) => {
      await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, ALLOW_MOCK_LLM: "true" } });
      await signIn(page, server);
      await page.getByRole("link", { name: text.providers }).click();
      await expect(page.getByRole("heading", { level: 1, name: text.providers })).toBeVisible();
      const target = page.locator('ol [data-provider="mock"]');
      await expect(target).toContainText(text.usable);
      await expect(page.locator('ul [data-provider="mock"]')).toContainText(text.closed);
      await expect(counter(page, "started")).toHaveText("0");

      await page.getByRole("radio", { name: text.cut }).check();
      await page.locator("#drill-calls").fill("0");
      await page.getByRole("button", { name: text.arm }).click();
      await expect(page.getByText(text.bounds)).toBeVisible();
      await page.locator("#drill-calls").fill("2");
      await page.getByRole("button", { name: text.arm }).click();
      const drill = page.locator('[data-drill="mock"]');
      await expect(drill).toContainText(text.armed);
      await expectNoBarrier(page);
      await drill.getByRole("button", { name: text.disarm }).click();
      await expect(drill).toContainText(text.notArmed);

      await page.locator("#drill-calls").fill(text.locale === "ar" ? "١" : "1");
      await page.getByRole("button", { name: text.arm }).click();
      await drill.getByRole("link", { name: text.watch }).click();
      await ask(page, text.question);
      await expectPhase(page, "completed");
      const trail = lastAnswer(page).locator("details.trail");
      await trail.locator("summary").click();
      await expect(trail.locator("li")).toHaveCount(2);
      await expect(trail.locator("li").nth(0)).toContainText(text.failed);
      await expect(trail.locator("li").nth(1)).toContainText(text.answered);
      const conversation = page.url();

      await page.getByRole("link", { name: text.providers }).click();
      await expect(counter(page, "rescued")).toHaveText("1");
      await expect(counter(page, "started")).toHaveText("1");
      await expect(counter(page, "finished")).toHaveText("1");
      await expect(page.locator('[data-freeze="count"] dd')).toHaveText("1");
      await expect(page.locator('[data-freeze="max"] dd')).toHaveText(/^[\d,]+ (ms|م\.ث)$/);
      await expect(drill).toContainText(text.notArmed);
      const health = page.locator('ul [data-provider="mock"]');
      await expect(health).toContainText(text.lastFailure);
      await expect(health).toContainText(text.cutShort);
      await page.getByRole("link", { name: text.back }).click();
      await expect(page).toHaveURL(conversation);
      await expect(composer(page)).toBeVisible();
    });

    test("on a phone the page is found in the drawer, and leads back", async ({ page }) => {
      await page.setViewportSize({ width: 390, height: 844 });
      await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, ALLOW_MOCK_LLM: "true" } });
      await signIn(page, server);
      await page.locator(".bar").getByRole("button", { name: text.showList }).click();
      await page.getByRole("dialog", { name: text.list }).getByRole("link", { name: text.providers }).click();
      await expect(page.getByRole("heading", { level: 1, name: text.providers })).toBeVisible();
      await page.getByRole("link", { name: text.back }).click();
      await expect(composer(page)).toBeVisible();
    });
  });
}

test("real providers are shown with masked keys and their breakers, and take no drills", async ({ page }) => {
  await using fake = await FakeOpenAi.start();
  const config = configOf({ broken: fake.baseUrl }) as {
    providers: Record<string, object>;
    routes: { default: { targets: object[] } };
  };
  config.providers.unset = { dialect: "openai-chat", baseUrl: fake.baseUrl, apiKeyEnv: "UNSET_API_KEY" };
  config.providers.broken = { dialect: "openai-chat", baseUrl: fake.baseUrl, apiKeyEnv: "BROKEN_API_KEY" };
  config.routes.default.targets.push({ provider: "unset", model: "other-model" });
  const key = "sk-broken-0123456789abcdefghij";
  await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, BROKEN_API_KEY: key }, config });
  await signIn(page, server);
  fake.play({ pieces: [], status: 401 });
  await ask(page, "fail");
  await expectPhase(page, "failed");
  await page.getByRole("link", { name: "المزوّدون" }).click();

  const targets = page.locator("ol [data-provider]");
  await expect(targets).toHaveCount(2);
  await expect(targets.nth(0)).toContainText(fake.baseUrl);
  await expect(targets.nth(0).locator("code", { hasText: "…" })).toBeVisible();
  expect(await page.content()).not.toContain(key);
  await expect(targets.nth(1)).toContainText("غير صالح للاستعمال");
  await expect(targets.nth(1).locator(".remedy")).toContainText("UNSET_API_KEY");

  const health = page.locator('ul [data-provider="broken"]');
  // Open, or, on a machine that has taken its time, already waiting for a probe.
  await expect(health).toHaveAttribute("data-state", /^(half-)?open$/);
  await expect(health).toContainText("(HTTP 401)");
  await expect(counter(page, "incomplete")).toHaveText("1");
  await expect(page.locator('[data-drill="broken"]')).toContainText("ALLOW_MOCK_LLM=true");
  await expect(page.getByRole("button", { name: "تفعيل التدريب" })).toHaveCount(0);
  await expectNoBarrier(page);
});

test("the page follows live what happens elsewhere, tells when the server is gone, and goes on when it is back", async ({
  page,
  context,
}) => {
  await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, ALLOW_MOCK_LLM: "true" } });
  await signIn(page, server);
  await page.getByRole("link", { name: "المزوّدون" }).click();
  await expect(counter(page, "started")).toHaveText("0");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const asking = await context.newPage();
  await asking.goto(server.url);
  await ask(asking, "هل يصل هذا؟");
  await expectPhase(asking, "completed");
  await expect(counter(page, "finished")).toHaveText("1");
  expect(asked.filter((path) => path.startsWith("/trpc/providers."))).toEqual([]);

  await page.evaluate(() => Object.assign(window, { isSamePage: true }));
  await server.kill();
  const note = page.locator("main").getByRole("alert");
  await expect(note).toContainText("ما يظهر أدناه قُرئ في الساعة");
  await expect(counter(page, "finished")).toHaveText("1");
  await server.restart();
  await expect(note).toHaveCount(0);
  // What is counted begins anew with the server.
  await expect(counter(page, "finished")).toHaveText("0");
  expect(await page.evaluate(() => "isSamePage" in window)).toBe(true);
});
