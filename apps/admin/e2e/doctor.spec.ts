import type { Page } from "@playwright/test";
import { expectNoBarrier } from "./support/barriers.ts";
import { ConsoleServer, WITH_ADMIN } from "./support/console_server.ts";
import { configOf, FakeOpenAi } from "./support/fake_openai.ts";
import { composer, expect, signIn, test } from "./support/pages.ts";

const LANGUAGES = [
  {
    locale: "ar",
    doctor: "الفحص",
    back: "العودة إلى المحادثة",
    showList: "إظهار المحادثات",
    list: "المحادثات",
    again: "أعد الفحص",
    copy: "انسخ كنص",
    good: "كل ما يهم يعمل",
    bad: "يوجد خلل",
    trial: "لا تُعطى إلا إجابات تجريبية",
    refused: "المفتاح في BROKEN_API_KEY",
  },
  {
    locale: "en",
    doctor: "Doctor",
    back: "Back to the chat",
    showList: "Show conversations",
    list: "Conversations",
    again: "Run again",
    copy: "Copy as text",
    good: "Everything that matters works",
    bad: "Something is wrong",
    trial: "Only trial answers can be given",
    refused: "The key is in BROKEN_API_KEY",
  },
];

const DOORS = ["plain-sse", "trpc-sse", "trpc-websocket", "v1-stream", "v1", "messages"];

const check = (page: Page, id: string) => page.locator(`[data-check="${id}"]`);

for (const text of LANGUAGES) {
  test.describe(text.locale, () => {
    test.use({ locale: text.locale, permissions: ["clipboard-read", "clipboard-write"] });

    test("the doctor tries every door by itself, tells as it finds, and its page has no barrier", async ({ page }) => {
      await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, ALLOW_MOCK_LLM: "true" } });
      await signIn(page, server);
      await page.getByRole("link", { name: text.doctor, exact: true }).click();
      await expect(page.getByRole("heading", { level: 1, name: text.doctor })).toBeVisible();
      const verdict = page.locator("[data-outcome]");
      // The first findings are there before the last ones.
      await expect(verdict).toHaveAttribute("data-outcome", "running");
      await expect(check(page, "node")).toHaveAttribute("data-status", "ok");
      await expect(verdict).toContainText(text.good);
      for (const door of DOORS) await expect(check(page, `doors.${door}`)).toHaveAttribute("data-status", "ok");
      await expect(check(page, "targets")).toContainText(text.trial);
      await expectNoBarrier(page);
    });

    test("the doctor's findings can be copied, outlive a reload, and are found anew when asked", async ({ page }) => {
      await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, ALLOW_MOCK_LLM: "true" } });
      await signIn(page, server, "/");
      await page.goto(`${server.url}/doctor`);
      const verdict = page.locator("[data-outcome]");
      await expect(verdict).toContainText(text.good);
      await page.getByRole("button", { name: text.copy }).click();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      expect(copied).toContain(text.trial);
      expect(copied).toContain("✓");

      // A reload shows what was found and asks nothing again.
      await page.reload();
      await expect(verdict).toContainText(text.good);
      await page.getByRole("button", { name: text.again }).press("Enter");
      await expect(verdict).toHaveAttribute("data-outcome", "running");
      await expect(verdict).toContainText(text.good);
      await expect(check(page, "doors.messages")).toHaveAttribute("data-status", "ok");
      await page.getByRole("link", { name: text.back }).click();
      // What the doctor asked is in nobody's list.
      await expect(composer(page)).toBeVisible();
      await expect(page.locator("nav a[href*='/c/']")).toHaveCount(0);
    });

    test("on a phone the doctor is found in the drawer, and names a refused key with its remedy", async ({ page }) => {
      await page.setViewportSize({ width: 390, height: 844 });
      await using fake = await FakeOpenAi.start();
      fake.play({ pieces: [], status: 401 });
      const config = configOf({ broken: fake.baseUrl }) as { providers: Record<string, object> };
      config.providers.broken = { dialect: "openai-chat", baseUrl: fake.baseUrl, apiKeyEnv: "BROKEN_API_KEY" };
      const key = "sk-broken-0123456789abcdefghij";
      await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, BROKEN_API_KEY: key }, config });
      await signIn(page, server);
      await page.locator(".bar").getByRole("button", { name: text.showList }).click();
      const drawer = page.getByRole("dialog", { name: text.list });
      await drawer.getByRole("link", { name: text.doctor, exact: true }).click();
      await expect(page.locator("[data-outcome]")).toContainText(text.bad);
      const target = check(page, "targets.broken/test-model");
      await expect(target).toHaveAttribute("data-status", "error");
      await expect(target).toContainText("(HTTP 401)");
      await expect(target).toContainText(text.refused);
      expect(await page.content()).not.toContain(key);
    });
  });
}

test("the doctor is for administrators alone", async ({ page }) => {
  await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, ALLOW_MOCK_LLM: "true" } });
  const response = await page.goto(`${server.url}/doctor`);
  expect(response?.url()).toContain("/login");
  const refused = await page.request.get(`${server.url}/trpc/doctor.read?input=${encodeURIComponent("{}")}`);
  expect(refused.status()).toBe(401);
});
