import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expectNoBarrierIn } from "./support/barriers.ts";
import { ConsoleServer, WITH_ADMIN } from "./support/console_server.ts";
import { FakeOpenAi } from "./support/fake_openai.ts";
import { answers, ask, composer, expect, expectPhase, lastAnswer, lastText, signIn, test } from "./support/pages.ts";
import { LOCALES, wordsOf } from "./support/words.ts";

let fake: FakeOpenAi;
let server: ConsoleServer;

test.beforeAll(async () => {
  fake = await FakeOpenAi.start();
  const target = (provider: string) => ({ targets: [{ provider, model: "test-model" }], maxRetries: 0 });
  server = await ConsoleServer.start({
    environment: WITH_ADMIN,
    config: {
      providers: {
        primary: { dialect: "openai-chat", baseUrl: fake.baseUrl },
        second: { dialect: "openai-chat", baseUrl: fake.baseUrl },
      },
      routes: { default: target("primary"), careful: target("second") },
    },
  });
});

test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fake[Symbol.asyncDispose]();
});

const nav = (page: Page) => page.locator("aside nav");
const item = (page: Page, title: string) => nav(page).locator("li", { hasText: title });
const searchField = (page: Page) => page.locator("aside input[type=search]");

async function openMenu(page: Page, title: string): Promise<void> {
  await item(page, title).hover();
  await item(page, title).getByRole("button").click();
}

async function act(page: Page, title: string, action: string): Promise<void> {
  await openMenu(page, title);
  await page.getByRole("menuitem", { name: action }).click();
}

async function askToEnd(page: Page, question: string, answer: string): Promise<void> {
  fake.play({ pieces: [answer] });
  await ask(page, question);
  await expectPhase(page, "completed");
  // The address follows the answer's beginning, at the page's leisure.
  await expect(page).toHaveURL(/\/c\/[\w-]+/);
}

for (const locale of LOCALES) {
  const say = wordsOf(locale);
  test.describe(`in ${locale}`, () => {
    test.use({ locale });

    test.beforeEach(async ({ page }) => {
      await signIn(page, server);
    });

    test("a conversation is renamed in place, or not", async ({ page }) => {
      const title = `rename me ${locale}`;
      await askToEnd(page, title, "One");
      await openMenu(page, title);
      await expectNoBarrierIn(page, "[popover]:popover-open");
      await page.getByRole("menuitem", { name: say("conversation_rename") }).click();
      const field = nav(page).getByRole("textbox");
      await expect(field).toBeFocused();
      await field.fill("given up");
      await field.press("Escape");
      await expect(item(page, title).getByRole("link")).toBeFocused();
      await act(page, title, say("conversation_rename"));
      await field.fill(`عنوان جديد ${locale}`);
      await field.press("Enter");
      await expect(page.locator(".bar .title")).toHaveText(`عنوان جديد ${locale}`);
      await page.reload();
      await expect(item(page, `عنوان جديد ${locale}`)).toBeVisible();
      await expect(item(page, title)).toHaveCount(0);
    });

    test("a conversation is archived, found there, and brought back", async ({ page }) => {
      const title = `archive me ${locale}`;
      await askToEnd(page, title, "One");
      await act(page, title, say("conversation_archive"));
      await expect(item(page, title)).toHaveCount(0);
      await nav(page)
        .getByRole("button", { name: say("archive_title"), exact: true })
        .click();
      await expect(item(page, title)).toBeVisible();
      await expectNoBarrierIn(page, "html");
      await act(page, title, say("conversation_unarchive"));
      await expect(item(page, title)).toHaveCount(0);
      await nav(page)
        .getByRole("button", { name: say("archive_back"), exact: true })
        .click();
      await expect(item(page, title)).toBeVisible();
    });

    test("a conversation is deleted, and the deletion undone with the keyboard", async ({ page }) => {
      const title = `delete me ${locale}`;
      await askToEnd(page, title, "One");
      const address = page.url();
      await act(page, title, say("conversation_delete"));
      await expect(item(page, title)).toHaveCount(0);
      await expect(page).toHaveURL(`${server.url}/`);
      await expect(answers(page)).toHaveCount(0);
      const undo = page.getByRole("button", { name: say("undo") });
      await expect(undo).toBeFocused();
      await expectNoBarrierIn(page, "html");
      await page.keyboard.press("Enter");
      await expect(item(page, title)).toBeVisible();
      await expect(page).toHaveURL(address);
      await expect(lastText(page)).toHaveText("One");
      await act(page, title, say("conversation_delete"));
      await page.reload();
      await expect(nav(page).getByRole("button", { name: say("archive_title"), exact: true })).toBeVisible();
      await expect(item(page, title)).toHaveCount(0);
    });

    test("conversations are searched as one types, with no difference of Arabic spelling", async ({ page }) => {
      await askToEnd(page, `ما هي الخُطّة ${locale}؟`, "نجتمع في المدرسة الكبرى يوم ٢٢ نوفمبر");
      const address = page.url();
      await page
        .locator("aside")
        .getByRole("link", { name: say("conversation_new") })
        .click();
      await page.keyboard.press("Control+k");
      await expect(searchField(page)).toBeFocused();
      await searchField(page).pressSequentially("مدرسه كبري 22");
      const place = nav(page).locator("a.place").first();
      await expect(place.locator("mark")).toHaveText(["المدرسة", "الكبرى", "٢٢"]);
      await expectNoBarrierIn(page, "html");
      await page.keyboard.press("ArrowDown");
      await expect(nav(page).locator("a.title").first()).toBeFocused();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await expect(page).toHaveURL(new RegExp(`^${address}\\?turn=`));
      await expect(lastText(page)).toContainText("المدرسة الكبرى");
      await searchField(page).fill("لا شيء كهذا");
      await expect(nav(page).getByRole("status")).toHaveText(say("search_none", { query: "لا شيء كهذا" }));
      await searchField(page).press("Escape");
      await expect(nav(page).getByRole("heading", { name: say("group_today") })).toBeVisible();
    });

    test("a conversation is downloaded as Markdown and as JSON, under its own name", async ({ page }) => {
      const title = `صدّرني: ${locale}`;
      await askToEnd(page, title, "## One\n\nTwo");
      const download = async (format: "export_markdown" | "export_json") => {
        const coming = page.waitForEvent("download");
        await act(page, title, say(format));
        const file = await coming;
        return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
      };
      const markdown = await download("export_markdown");
      expect(markdown.name).toBe(`صدّرني ${locale}.md`);
      expect(markdown.text).toContain("## One\n\nTwo");
      expect(markdown.text).toContain(locale === "ar" ? "النموذج" : "Model");
      const json = await download("export_json");
      expect(json.name).toBe(`صدّرني ${locale}.json`);
      expect(JSON.parse(json.text)).toMatchObject({ title, turns: [{ answer: { text: "## One\n\nTwo" } }] });
    });

    test("a question is edited and an answer given once more, and every version stays", async ({ page }) => {
      await askToEnd(page, `first wording ${locale}`, "Answer one");
      await askToEnd(page, "and then?", "Answer two");

      await page
        .getByRole("button", { name: say("question_edit") })
        .first()
        .click();
      const editor = page.getByRole("textbox", { name: say("question_edit_label") });
      await expect(editor).toBeFocused();
      await editor.fill(`second wording ${locale}`);
      fake.play({ pieces: ["Answer three"] });
      await editor.press("Enter");
      await expect(lastText(page)).toHaveText("Answer three");
      await expectPhase(page, "completed");
      await expect(answers(page)).toHaveCount(1);
      expect(fake.requests.at(-1)?.contents).toEqual([`second wording ${locale}`]);

      fake.play({ pieces: ["Answer four"] });
      await lastAnswer(page)
        .getByRole("button", { name: say("answer_regenerate"), exact: true })
        .click();
      await expect(lastText(page)).toHaveText("Answer four");
      await expectPhase(page, "completed");
      const versions = page.getByRole("group", { name: say("versions_answer") });
      await expect(versions).toContainText(say("version_of", { number: "2", count: "2" }));

      fake.play({ pieces: ["Answer five"] });
      await lastAnswer(page)
        .getByRole("button", { name: say("answer_regenerate_other") })
        .click();
      await expectNoBarrierIn(page, "[popover]:popover-open");
      await page.getByRole("menuitem", { name: say("answer_regenerate_by", { target: "careful" }) }).click();
      await expect(lastText(page)).toHaveText("Answer five");
      await expectPhase(page, "completed");
      await expect(lastAnswer(page)).toContainText("second · test-model");
      await expect(page.locator("form select")).toHaveValue("careful");
      await expectNoBarrierIn(page, "html");

      await versions.getByRole("button", { name: say("version_previous") }).click();
      await expect(lastText(page)).toHaveText("Answer four");
      const wordings = page.getByRole("group", { name: say("versions_question") });
      await wordings.getByRole("button", { name: say("version_previous") }).click();
      await expect(lastText(page)).toHaveText("Answer two");
      await expect(answers(page)).toHaveCount(2);

      // The branch that is shown is the one that is there after a reload, and the one that the model is sent.
      await page.reload();
      await expect(answers(page)).toHaveCount(2);
      await askToEnd(page, "what now?", "Answer six");
      expect(fake.requests.at(-1)?.contents).toEqual([
        `first wording ${locale}`,
        "Answer one",
        "and then?",
        "Answer two",
        "what now?",
      ]);
    });

    test("the measures unfold beside the answer, and every part tells who wrote it", async ({ page }) => {
      await askToEnd(page, `who wrote it ${locale}?`, "One two three");
      await lastAnswer(page)
        .getByRole("button", { name: say("measures_show") })
        .click();
      const panel = lastAnswer(page).locator(".panel");
      await expect(panel.locator('[data-measure="input"] dd')).toHaveText("21");
      await expect(panel.locator('[data-measure="firstToken"] dd')).not.toHaveText("–");
      await expect(panel.getByRole("listitem")).toContainText("primary · test-model");
      await lastAnswer(page)
        .getByRole("button", { name: say("authorship_show") })
        .click();
      const part = lastAnswer(page).locator(".part");
      await expect(part).toHaveText("One two three");
      await part.hover();
      await expect(lastAnswer(page).locator(".info")).toContainText("primary · test-model");
      await expect(lastAnswer(page).locator(".info")).toContainText(say("why_first"));
      await expectNoBarrierIn(page, "html");
    });

    test("a draft waits in its conversation", async ({ page }) => {
      await askToEnd(page, `draft ${locale}`, "One");
      const address = page.url();
      await composer(page).fill("half a question");
      await page
        .locator("aside")
        .getByRole("link", { name: say("conversation_new") })
        .click();
      await expect(composer(page)).toHaveValue("");
      await composer(page).fill("another one");
      await page.goto(address);
      await expect(composer(page)).toHaveValue("half a question");
      await page.goto(server.url);
      await expect(composer(page)).toHaveValue("another one");
    });
  });
}
