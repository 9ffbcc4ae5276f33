import type { Page } from "@playwright/test";
import { expectNoBarrier } from "./support/barriers.ts";
import { ConsoleServer, WITH_ADMIN } from "./support/console_server.ts";
import { configOf, FakeOpenAi, piecesOf } from "./support/fake_openai.ts";
import { ask, composer, expect, expectPhase, signIn, test } from "./support/pages.ts";

const LANGUAGES = [
  {
    locale: "ar",
    dashboard: "لوحة القياسات",
    live: "مباشر",
    nothing: "لم يُقَس شيء في هذه المدة",
    noAnswer: "لم تنتهِ أي إجابة بعد",
    completed: "مكتملة",
    allClosed: "كلها مغلقة",
    open: "فتح المحادثة",
    table: "عرض كجدول",
    week: "7 أيام",
    showAll: "عرض الكل",
    question: "كيف تُقاس الإجابة؟",
    dir: "rtl",
  },
  {
    locale: "en",
    dashboard: "Dashboard",
    live: "Live",
    nothing: "Nothing was measured in this range",
    noAnswer: "No answer has ended yet",
    completed: "Completed",
    allClosed: "All of them are closed",
    open: "Open the conversation",
    table: "Show as a table",
    week: "7 d",
    showAll: "Show all",
    question: "How is an answer measured?",
    dir: "ltr",
  },
] as const;

const tile = (page: Page, key: string) => page.locator(`[data-tile="${key}"] dd`);
const chart = (page: Page, id: string) => page.locator(`[data-chart="${id}"]`);

for (const text of LANGUAGES) {
  test.describe(text.locale, () => {
    test.use({ locale: text.locale });

    test("an answer that ends elsewhere shows up within two seconds, with its measures and its conversation", async ({
      page,
      context,
    }) => {
      // Eight searches for barriers on a page of eight charts take their time where two cores have other work.
      test.setTimeout(120_000);
      await using fake = await FakeOpenAi.start();
      await using server = await ConsoleServer.start({
        environment: WITH_ADMIN,
        config: configOf({ first: fake.baseUrl }),
      });
      await signIn(page, server);
      await page.getByRole("link", { name: text.dashboard }).click();
      await expect(page.getByRole("heading", { level: 1, name: text.dashboard })).toBeVisible();
      await expect(page.getByText(text.live, { exact: true })).toBeVisible();
      await expect(chart(page, "rate")).toContainText(text.nothing);
      await expect(page.getByText(text.noAnswer)).toBeVisible();
      await expect(page.getByText(text.allClosed)).toBeVisible();
      await expect(tile(page, "answers")).toHaveText("0");
      await expectNoBarrier(page);

      const asking = await context.newPage();
      await asking.goto(server.url);
      await expect(composer(asking)).toBeVisible();
      fake.play({ pieces: piecesOf("The answer of the upstream", 4), paceMs: 20 });
      await ask(asking, text.question);
      await expectPhase(asking, "completed");
      const row = page.locator("[data-answer]");
      await expect(row).toBeVisible({ timeout: 2_000 });
      await expect(row).toContainText(text.completed);
      await expect(row).toContainText("first/test-model");
      await expect(row).toContainText("105");
      await expect(tile(page, "minute")).toHaveText("1");
      await expect(tile(page, "answers")).toHaveText("1");
      await expect(tile(page, "tokensOut")).toHaveText("84");

      const plot = chart(page, "firstTokenMs").locator(".plot");
      await expect(plot).toHaveAttribute("dir", "ltr");
      await expect(plot.locator("canvas")).toBeVisible();
      const painted = await plot.locator("canvas").evaluate((canvas: HTMLCanvasElement) => {
        const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        return pixels.some((value) => value > 0);
      });
      expect(painted).toBe(true);
      await chart(page, "rate").getByText(text.table).click();
      await expect(chart(page, "rate").getByRole("row")).toHaveCount(2);
      await expectNoBarrier(page);

      await page.getByRole("radio", { name: text.week }).check();
      await expect(tile(page, "answers")).toHaveText("1");
      await page.locator("#filter-target").selectOption("first/test-model");
      await page.getByRole("button", { name: text.showAll }).click();
      await expect(page.locator("#filter-target")).toHaveValue("");
      await expect(page.locator("html")).toHaveAttribute("dir", text.dir);
      await row.getByRole("link", { name: text.open }).click();
      await expect(page).toHaveURL(asking.url());
    });
  });
}

test("a filter leaves out what it does not mean, and failures are told by their code", async ({ page }) => {
  await using fake = await FakeOpenAi.start();
  await using server = await ConsoleServer.start({
    environment: WITH_ADMIN,
    config: configOf({ first: fake.baseUrl }),
  });
  await signIn(page, server);
  fake.play({ pieces: [], status: 401 });
  await ask(page, "fail");
  await expectPhase(page, "failed");
  fake.play({ pieces: ["good"] });
  await ask(page, "succeed");
  await expectPhase(page, "completed");
  await page.getByRole("link", { name: "لوحة القياسات" }).click();
  await expect(tile(page, "answers")).toHaveText("2");
  await expect(tile(page, "success")).toHaveText("50.0 %");
  await expect(chart(page, "failures")).toContainText("provider-auth");
  await expect(page.locator('ul [data-provider="first"]')).toBeVisible();
  await page.locator("#filter-target").selectOption("first/test-model");
  await expect(tile(page, "answers")).toHaveText("1");
  await expect(page.locator("[data-answer]")).toHaveCount(1);
  await expect(tile(page, "success")).toHaveText("100.0 %");
});
