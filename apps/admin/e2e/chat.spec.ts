import { expectNoBarrierIn, expectNoBarrierInDialog } from "./support/barriers.ts";
import { ConsoleServer, WITH_ADMIN } from "./support/console_server.ts";
import { configOf, FakeOpenAi, piecesOf } from "./support/fake_openai.ts";
import {
  ask,
  composer,
  expect,
  expectPhase,
  expectReady,
  lastAnswer,
  lastText,
  signIn,
  test,
} from "./support/pages.ts";
import { LOCALES, wordsOf } from "./support/words.ts";

const TEXT = [
  "# البث\n\n",
  "السَّلامُ عليكم 👩‍👩‍👧‍👦  مسافتان، و**نص عريض** و`code`.\n\n",
  "- أولًا\n- ثانيًا\n\n",
  "```js\nconst cursor = 1;\n\nawait read(cursor);\n```\n\n",
  "| اسم | قيمة |\n|---|---|\n| أ | 1 |\n| ب | 2 |\n\n",
  `${"Exactly once, whatever dies on the way. ".repeat(30)}\n\n`,
  "النهاية.",
].join("");

let fake: FakeOpenAi;
let server: ConsoleServer;

test.beforeAll(async () => {
  fake = await FakeOpenAi.start();
  server = await ConsoleServer.start({ environment: WITH_ADMIN, config: configOf({ primary: fake.baseUrl }) });
});

test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fake[Symbol.asyncDispose]();
});

for (const locale of LOCALES) {
  const say = wordsOf(locale);
  test.describe(`in ${locale}`, () => {
    test.use({ locale });

    test.beforeEach(async ({ page, context }) => {
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      await signIn(page, server);
    });

    test("an answer appears progressively, with its sign and measures, and can be copied exactly", async ({ page }) => {
      const pieces = piecesOf(TEXT);
      fake.play({ pieces, paceMs: 5, holdAfter: Math.floor(pieces.length / 2) });
      await page.evaluate(() => {
        const lengths = new Set<number>();
        Object.assign(window, { lengths });
        new MutationObserver(() => {
          lengths.add(document.querySelector("article:last-of-type .markdown")?.textContent?.length ?? 0);
        }).observe(document.body, { subtree: true, childList: true, characterData: true });
      });
      await ask(page, "ما هو البث؟");
      await expect(page).toHaveURL(/\/c\/[\w-]+$/);
      await expect(page.getByText(/بث (WebSocket|SSE) نشط|(WebSocket|SSE) streaming active/i)).toBeVisible();
      await expect(page.locator('.strip [data-measure="speed"]')).toContainText("≈");
      expect(fake.questions.at(-1)).toBe("ما هو البث؟");
      await expect(lastText(page).locator("h1")).toHaveText("البث");
      await expect(lastText(page)).not.toContainText("النهاية");
      fake.release();
      await expectPhase(page, "completed");

      // How many frames there are is the machine's affair; one or two would be an answer in one piece.
      const lengths = await page.evaluate(() => [...(window as unknown as { lengths: Set<number> }).lengths]);
      expect(lengths.length).toBeGreaterThan(5);
      await expect(lastAnswer(page).locator("footer [data-measure='tokens'] dd")).toHaveText("105");
      await expect(lastAnswer(page).locator("footer [data-measure='firstToken'] dd")).not.toHaveText("–");
      await expect(lastAnswer(page)).toContainText("primary · test-model");
      await expect(lastText(page).locator("td")).toHaveCount(4);

      await lastAnswer(page)
        .getByRole("button", { name: say("answer_copy") })
        .click();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(TEXT);
      await expect(page.getByRole("link", { name: "ما هو البث؟" }).first()).toBeVisible();
    });

    test("a page that is loaded again in mid-answer shows it so far and goes on to the exact end", async ({ page }) => {
      const pieces = piecesOf(TEXT);
      const half = Math.floor(pieces.length / 2);
      fake.play({ pieces, holdAfter: half });
      await ask(page, "reload me");
      const end = pieces
        .slice(half - 3, half)
        .join("")
        .trim();
      await expect(lastText(page)).toContainText(end);
      const before = await lastText(page).textContent();

      await page.reload();
      await expect(lastText(page)).toContainText(end);
      expect(await lastText(page).textContent()).toBe(before);
      await expectPhase(page, "running");
      fake.release();
      await expectPhase(page, "completed");
      await lastAnswer(page)
        .getByRole("button", { name: say("answer_copy") })
        .click();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(TEXT);
    });

    test("an answer is stopped, and what was written stays after a reload", async ({ page }) => {
      fake.play({ pieces: ["first words ", "never"], holdAfter: 1 });
      await ask(page, "stop me");
      await expect(lastText(page)).toContainText("first words");
      await page.getByRole("button", { name: say("composer_stop") }).click();
      await expectPhase(page, "cancelled");
      await expect(lastAnswer(page)).toContainText(say("answer_cancelled"));
      await page.reload();
      await expectPhase(page, "cancelled");
      await expect(lastText(page)).toHaveText("first words");
    });

    test("nothing moves by itself while an answer streams", async ({ page }) => {
      const pieces = piecesOf(`${TEXT}\n\n${TEXT}`);
      fake.play({ pieces, paceMs: 6, reasoning: "Let me think about it" });
      await ask(page, "how still is it?");
      await expect(lastText(page)).toBeVisible();
      await page.evaluate(() => {
        const shifts: { value: number; sources: string[] }[] = [];
        Object.assign(window, { shifts });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as unknown as LayoutShift[]) {
            if (entry.hadRecentInput) continue;
            const sources = entry.sources.map(({ node }) => (node as Element | null)?.outerHTML?.slice(0, 120) ?? "");
            shifts.push({ value: entry.value, sources });
          }
        }).observe({ type: "layout-shift" });
        interface LayoutShift {
          hadRecentInput: boolean;
          value: number;
          sources: { node: Node | null }[];
        }
      });
      await expectPhase(page, "completed");
      const shifts = await page.evaluate(
        () => (window as unknown as { shifts: { value: number; sources: string[] }[] }).shifts,
      );
      const total = shifts.reduce((sum, { value }) => sum + value, 0);
      test.info().annotations.push({ type: "layout shift", description: String(total) });
      console.log(`Layout shift while streaming: ${total} in ${shifts.length} shifts`);
      expect(total, JSON.stringify(shifts.slice(0, 40), undefined, 1)).toBeLessThan(0.01);
    });

    test("the reader who scrolls up is left alone, and gets back to the end", async ({ page }) => {
      const pieces = piecesOf(`${TEXT}\n\n${TEXT}\n\n${TEXT}`);
      fake.play({ pieces, holdAfter: pieces.length - 30 });
      await ask(page, "scroll");
      await expect(lastText(page)).toContainText("النهاية");
      const region = page.locator(".scroller");
      const distance = () => region.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight);
      await expect.poll(distance).toBeLessThan(2);
      await region.hover();
      await page.mouse.wheel(0, -500);
      const back = page.getByRole("button", { name: say("to_the_end") });
      await expect(back).toBeVisible();
      const top = await region.evaluate((one) => one.scrollTop);
      fake.release();
      await expectPhase(page, "completed");
      expect(await region.evaluate((one) => one.scrollTop)).toBe(top);
      await back.click();
      await expect.poll(distance).toBeLessThan(2);
      await expect(back).toBeHidden();
    });

    test("a question that was typed before the page worked is kept, and asked", async ({ page }) => {
      fake.play({ pieces: ["In time"] });
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      await page.route("**/_app/immutable/entry/**", async (route) => {
        await released;
        await route.continue();
      });
      await page.goto(server.url, { waitUntil: "commit" });
      await composer(page).fill("typed early");
      release();
      await expectReady(page);
      await expect(composer(page)).toHaveValue("typed early");
      await composer(page).press("Enter");
      await expectPhase(page, "completed");
    });

    test("conversations go on", async ({ page }) => {
      fake.play({ pieces: ["One"] });
      await ask(page, "first question of many");
      await expectPhase(page, "completed");
      fake.play({ pieces: ["Two"] });
      await ask(page, "second question");
      await expectPhase(page, "completed");
      await page.reload();
      await expect(page.locator("article")).toHaveCount(2);
      expect(fake.requests.at(-1)?.contents).toEqual(["first question of many", "One", "second question"]);
    });

    test("the start and the end of an answer are announced, politely", async ({ page }) => {
      fake.play({ pieces: ["One", "two"], holdAfter: 1 });
      await ask(page, "announce");
      const status = page.locator('p[role="status"].sr-only');
      await expect(status).toHaveText(say("announce_started"));
      fake.release();
      await expect(status).toHaveText(say("announce_ended"));
    });

    test("the chat fits a phone, with its conversations in a drawer, in both themes without a barrier", async ({
      page,
    }) => {
      await page.setViewportSize({ width: 390, height: 844 });
      fake.play({ pieces: [TEXT, `\n\n\`\`\`\n${"long line ".repeat(40)}\n\`\`\``] });
      await ask(page, "هل يتسع الهاتف لهذا؟");
      await expectPhase(page, "completed");
      const overflow = () => page.locator("main").evaluate((main) => main.scrollWidth - main.clientWidth);
      expect(await overflow()).toBe(0);
      expect((await composer(page).boundingBox())?.x).toBeGreaterThanOrEqual(0);
      await expectNoBarrierIn(page, "html");
      await page
        .locator(".bar")
        .getByRole("button", { name: say("sidebar_open") })
        .click();
      const drawer = page.getByRole("dialog", { name: say("sidebar_label") });
      await expect(drawer.getByRole("link", { name: "هل يتسع الهاتف لهذا؟" }).first()).toBeVisible();
      await expectNoBarrierInDialog(page);
      await page.keyboard.press("Escape");
      await expect(drawer).toBeHidden();
      await expect(page.locator(".bar").getByRole("button", { name: say("sidebar_open") })).toBeFocused();
    });

    test("a failed answer says what happened and what to do, and is asked again", async ({ page }) => {
      fake.play({ pieces: [], status: 401 });
      await ask(page, "fail");
      await expectPhase(page, "failed");
      const note = lastAnswer(page).getByRole("alert");
      await expect(note).toContainText(/مفتاح|key/i);
      fake.play({ pieces: ["Now it works"] });
      await note.getByRole("button", { name: say("answer_retry") }).click();
      await expect(lastText(page)).toHaveText("Now it works");
    });
  });
}
