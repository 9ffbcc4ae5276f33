import { ConsoleServer, WITH_ADMIN } from "./support/console_server.ts";
import { configOf, FakeOpenAi, piecesOf } from "./support/fake_openai.ts";
import { ask, expect, lastText, signIn, test } from "./support/pages.ts";

/** About four characters are a token. */
const CHARACTERS_PER_TOKEN = 4;
const TOKENS = 32_000;
/** So many come one by one, at 200 in a second. */
const STREAMED = 1500;
const PACE_MS = 5;

const SECTION = [
  "## Section about streaming\n\n",
  "An answer that goes on **whatever dies** on the way, with `code` and [a link](https://example.com).\n\n",
  "فقرة عربية طويلة بما يكفي لتملأ سطرًا أو سطرين من الصفحة، مع **نص عريض**.\n\n",
  "- first point\n- second point with *emphasis*\n  - nested\n\n",
  "```ts\nexport function cut(text: string, at: number): string {\n  return text.slice(0, at);\n}\n```\n\n",
  "| name | value |\n|---|---|\n| one | 1 |\n| two | 2 |\n\n",
].join("");

// Tracing copies the whole page with every step, which would be all that is measured here.
test.use({ trace: "off" });

test("an answer of 32,000 tokens stays smooth while 200 tokens a second come", async ({ page }) => {
  test.setTimeout(120_000);
  await using fake = await FakeOpenAi.start();
  await using server = await ConsoleServer.start({
    environment: WITH_ADMIN,
    // The page is measured, not the patience of the server.
    config: configOf({ primary: fake.baseUrl }, { timeouts: { idleMs: 90_000, totalMs: 110_000 } }),
  });
  await signIn(page, server);
  const text = SECTION.repeat(Math.ceil((TOKENS * CHARACTERS_PER_TOKEN) / SECTION.length));
  const cut = text.length - STREAMED * CHARACTERS_PER_TOKEN;
  // At once what came before, then one token after the other.
  const before = piecesOf(text.slice(0, cut), 2000);
  fake.play({ pieces: [...before, ...piecesOf(text.slice(cut))], paceMs: PACE_MS, holdAfter: before.length });
  const askedAt = Date.now();
  await ask(page, "be smooth");
  await expect(lastText(page).locator("h2")).toHaveCount(text.slice(0, cut).split("## ").length - 1);

  console.log(`What came at once stood there after ${Date.now() - askedAt} ms`);

  await page.evaluate(() => {
    const frames: number[] = [];
    const long: number[] = [];
    const reach = { blocks: 0 };
    Object.assign(window, { frames, long, reach });
    const answer = document.querySelector("article:last-of-type");
    const root = answer?.querySelector(".markdown");
    if (!answer || !root) throw new TypeError("Expected an answer, found none");
    // Asked from outside by role, the page would lay out every block that is out of sight, again and again.
    const completed = new Promise<void>((resolve) => {
      new MutationObserver(() => {
        if (answer.getAttribute("data-phase") === "completed") resolve();
      }).observe(answer, { attributes: true });
    });
    Object.assign(window, { completed });
    new MutationObserver((records) => {
      // The last two stretches hold whatever an update may touch.
      const blocks = [...root.children].slice(-2).flatMap((stretch) => [...stretch.children]);
      for (const { target } of records) {
        const element = target instanceof Element ? target : target.parentElement;
        // Colours come when they are ready, to whichever code waits for them.
        if (element === null || element === root || element.matches(".stretch") || element.closest("pre") !== null)
          continue;
        const index = blocks.findIndex((block) => block.contains(element));
        reach.blocks = Math.max(reach.blocks, index >= 0 ? blocks.length - index : Number.POSITIVE_INFINITY);
      }
    }).observe(root, { subtree: true, childList: true, characterData: true });
    let last = performance.now();
    const onFrame = (now: number) => {
      frames.push(now - last);
      last = now;
      requestAnimationFrame(onFrame);
    };
    requestAnimationFrame(onFrame);
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) long.push(duration);
    }).observe({ type: "longtask" });
  });
  fake.release();
  await page.evaluate(() => (window as unknown as { completed: Promise<void> }).completed);
  const { frames, long, reach } = await page.evaluate(() => {
    const { frames, long, reach } = window as unknown as {
      frames: number[];
      long: number[];
      reach: { blocks: number };
    };
    return { frames, long, reach };
  });
  const sorted = frames.slice(2).toSorted((one, other) => one - other);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  const late = sorted.filter((one) => one > 34).length;
  console.log(
    `${sorted.length} frames: p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms; ` +
      `${late} later than two frames; ${long.length} long tasks, ${Math.round(long.reduce((sum, one) => sum + one, 0))} ms together`,
  );
  console.log(`Blocks from the end that an update touched: ${reach.blocks}`);
  // How fast the machine is decides on frames; how far back an update reaches decides whether it grows with the answer.
  // Where frames are rare, several blocks come with one.
  expect(reach.blocks).toBeGreaterThan(0);
  expect(reach.blocks).toBeLessThan(60);
  expect(await lastText(page).locator("h2").count()).toBe(text.split("## ").length - 1);
});
