import type { Page } from "@playwright/test";
import { ConsoleServer, WITH_ADMIN } from "./support/console_server.ts";
import { configOf, FakeOpenAi, piecesOf } from "./support/fake_openai.ts";
import { answers, ask, expect, expectPhase, lastAnswer, lastText, signIn, test } from "./support/pages.ts";
import { LOCALES, wordsOf } from "./support/words.ts";

const TEXT = "البث لا ينقطع: one answer, every character, exactly once. ".repeat(12).trim();

let fake: FakeOpenAi;

test.beforeAll(async () => {
  fake = await FakeOpenAi.start();
});

test.afterAll(async () => {
  await fake[Symbol.asyncDispose]();
});

const start = () => ConsoleServer.start({ environment: WITH_ADMIN, config: configOf({ primary: fake.baseUrl }) });

const heading = (page: Page) => page.locator(".bar .title");

for (const locale of LOCALES) {
  const say = wordsOf(locale);
  test.describe(`in ${locale}`, () => {
    test.use({ locale });

    test("two tabs show the same answer stream, and a question asked in one appears in the other", async ({
      page,
      context,
    }) => {
      await using server = await start();
      await signIn(page, server);
      const pieces = piecesOf(TEXT);
      fake.play({ pieces, holdAfter: 40 });
      await ask(page, "asked in the first tab");
      await expect(lastText(page)).toContainText("البث");
      const other = await context.newPage();
      await other.goto(page.url());
      await expect(lastText(other)).toContainText("البث");
      await expectPhase(other, "running");
      fake.release();
      for (const tab of [page, other]) {
        await expectPhase(tab, "completed");
        await expect(lastText(tab)).toHaveText(TEXT);
      }

      fake.play({ pieces: ["From the ", "second tab"], holdAfter: 1 });
      await ask(other, "asked in the second tab");
      await expect(answers(page)).toHaveCount(2);
      await expectPhase(page, "running");
      await expect(lastText(page)).toHaveText("From the");
      fake.release();
      for (const tab of [page, other]) await expect(lastText(tab)).toHaveText("From the second tab");

      // What one stops has stopped in the other; what one renames is renamed in the other.
      fake.play({ pieces: ["first words ", "never"], holdAfter: 1 });
      await ask(page, "stop me");
      await expectPhase(other, "running");
      await other.getByRole("button", { name: say("composer_stop") }).click();
      for (const tab of [page, other]) await expectPhase(tab, "cancelled");
      const item = other.locator("aside nav li").first();
      await item.hover();
      await item.getByRole("button").click();
      await other.getByRole("menuitem", { name: say("conversation_rename") }).click();
      await other.locator("aside nav").getByRole("textbox").fill("اسم من التبويب الثاني");
      await other.keyboard.press("Enter");
      await expect(heading(page)).toHaveText("اسم من التبويب الثاني");
    });

    test("an answer goes on after the server was killed and started again, and the page is never reloaded", async ({
      page,
    }) => {
      await using server = await start();
      await signIn(page, server);
      const pieces = piecesOf(TEXT);
      const half = Math.floor(pieces.length / 2);
      fake.play({ pieces, holdAfter: half });
      await page.evaluate(() => Object.assign(window, { isSamePage: true }));
      await ask(page, "survive");
      const begun = pieces.slice(0, half).join("").trim();
      await expect(lastText(page)).toHaveText(begun);

      await server.kill();
      await expect(page.locator(".strip")).toContainText(say("transport_reconnecting"));
      await expect(lastText(page)).toHaveText(begun);
      fake.play({ pieces });
      await server.restart();
      await expectPhase(page, "completed");
      await expect(lastText(page)).toHaveText(TEXT);

      // Everything else works on too.
      fake.play({ pieces: ["And on"] });
      await ask(page, "and now?");
      await expectPhase(page, "completed");
      await expect(lastText(page)).toHaveText("And on");
      await expect(page.locator("aside nav li")).toHaveCount(1);
      expect(await page.evaluate(() => "isSamePage" in window)).toBe(true);

      const rescued = answers(page).first();
      await rescued.getByRole("button", { name: say("authorship_show") }).click();
      await expect(rescued.locator(".part")).toHaveCount(2);
      await expect(rescued.locator(".seam")).toHaveCount(1);
      await rescued.locator(".part").nth(1).press("Enter");
      await expect(rescued.locator(".info")).toContainText(say("why_recovery"));
      await expect(lastAnswer(page).getByRole("alert")).toHaveCount(0);
    });

    test("the dashboard and the keys work on after the server was killed and started again", async ({ page }) => {
      await using server = await start();
      await signIn(page, server);
      await page.getByRole("link", { name: say("dashboard_title") }).click();
      const sign = page.getByText(say("dashboard_live"), { exact: true });
      await expect(sign).toBeVisible();
      await page.evaluate(() => Object.assign(window, { isSamePage: true }));
      await server.kill();
      await expect(page.getByText(say("dashboard_not_live"), { exact: true })).toBeVisible();
      await expect(page.locator("main").getByRole("alert")).toBeVisible();
      await server.restart();
      await expect(sign).toBeVisible();
      await expect(page.locator("main").getByRole("alert")).toHaveCount(0);

      await page.getByRole("link", { name: say("keys_title") }).click();
      await expect(page.getByText(say("keys_none"))).toBeVisible();
      await server.kill();
      await page.getByRole("button", { name: say("key_new") }).click();
      await page.locator("#key-name").fill("survivor");
      await page.getByRole("button", { name: say("key_create") }).click();
      const dialog = page.locator("dialog[open]");
      await expect(dialog.getByRole("alert")).toBeVisible();
      await server.restart();
      await page.getByRole("button", { name: say("key_create") }).click();
      await expect(dialog.locator("input[readonly]")).toHaveValue(/^cf-/);
      await page.getByRole("button", { name: say("key_shown_done") }).click();
      await expect(page.locator("li[data-key]")).toHaveCount(1);
      expect(await page.evaluate(() => "isSamePage" in window)).toBe(true);
    });

    test("a long conversation shows its end at once, and the rest on the way up", async ({ page }) => {
      // 45 questions one after the other take their time.
      test.setTimeout(180_000);
      await using server = await start();
      await signIn(page, server);
      fake.play({ pieces: [`${"Some text of an answer. ".repeat(40)}`] });
      await ask(page, "question 1");
      await expectPhase(page, "completed");
      // The address follows the answer's beginning, at the page's leisure.
      await expect(page).toHaveURL(/\/c\/[\w-]+/);
      const conversationId = page.url().split("/").at(-1);
      for (let number = 2; number <= 45; number++) {
        const status = await page.evaluate(
          async ([id, question]) => {
            const response = await fetch("/admin/api/chat/stream", {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify({ question, conversation_id: id }),
            });
            await response.text();
            return response.status;
          },
          [conversationId, `question ${number}`],
        );
        expect(status).toBe(200);
      }
      await page.reload();
      const region = page.locator(".scroller");
      await expect(region.getByText("question 45", { exact: true })).toBeInViewport();
      expect(await answers(page).count()).toBeLessThanOrEqual(40);
      await region.hover();
      await expect
        .poll(async () => {
          await page.mouse.wheel(0, -4000);
          return region.getByText("question 1", { exact: true }).count();
        })
        .toBe(1);
      await expect(answers(page)).toHaveCount(45);
    });
  });
}
