import { HOSTILE_MARKDOWN } from "../src/lib/markdown/corpus.ts";
import { expectNoBarrierIn } from "./support/barriers.ts";
import { ConsoleServer, WITH_ADMIN } from "./support/console_server.ts";
import { configOf, FakeOpenAi, piecesOf } from "./support/fake_openai.ts";
import { ask, expect, expectPhase, lastText, signIn, test } from "./support/pages.ts";

const FORMULAS = [
  "الطاقة $E = mc^2$ والسعر بين $5 و $10 فقط.\n\n",
  "$$\n\\int_0^\\infty e^{-x^2}\\,dx = \\frac{\\sqrt{\\pi}}{2}\n- 0\n$$\n\n",
  "Inline \\(a_1 + \\overbrace{b+c}^{\\text{مجموع}}\\) and \\[\\sqrt{\\widehat{xyz}}\\]\n\n",
].join("");

const CODE = [
  "```ts\n// تعليق\nexport const answer: number = 42;\nconst text = `a`;\n```\n\n",
  "```python\ndef go(n: int) -> str:\n    return f'{n}'\n```\n\n",
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

test.beforeEach(async ({ page }) => signIn(page, server));

test("code is coloured and formulas are set under the page's own policy", async ({ page }) => {
  fake.play({ pieces: piecesOf(CODE + FORMULAS), paceMs: 2 });
  await ask(page, "code and formulas");
  await expectPhase(page, "completed");
  const code = lastText(page).locator("pre code");
  await expect(code.first().locator(".token-keyword").first()).toHaveText("export");
  await expect(code.last().locator(".token-keyword").first()).toHaveText("def");
  await expect(code.first()).toHaveText(/const answer: number = 42;\nconst text/);
  await expect(lastText(page).locator(".math .katex")).toHaveCount(4);
  await expect(lastText(page).locator("p").first()).toContainText("والسعر بين $5 و $10 فقط.");
  // The bar over a root is as wide as what stands under it: styles arrive, although style attributes are refused.
  const brace = lastText(page).locator(".katex svg").first();
  expect((await brace.boundingBox())?.width).toBeGreaterThan(10);
  expect(
    await lastText(page)
      .locator(".katex-html")
      .first()
      .evaluate((one) => getComputedStyle(one).fontFamily),
  ).toMatch(/KaTeX_Main/);
  await expectNoBarrierIn(page, ".markdown");
});

test("text that attacks runs nothing, asks nobody and breaks no layout", async ({ page, context }) => {
  const asked: string[] = [];
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== server.url && protocol !== "data:") asked.push(request.url());
  });
  page.on("dialog", async (dialog) => {
    asked.push(`dialog ${dialog.message()}`);
    await dialog.dismiss();
  });
  context.on("page", (opened) => asked.push(`page ${opened.url()}`));
  await page.setViewportSize({ width: 390, height: 844 });
  fake.play({ pieces: HOSTILE_MARKDOWN.map((text) => `${text}\n\n---\n\n`), paceMs: 2 });
  await ask(page, "attack me");
  await expectPhase(page, "completed");
  await expect(lastText(page).locator("hr").last()).toBeAttached();
  expect(await page.locator("main").evaluate((main) => main.scrollWidth - main.clientWidth)).toBe(0);
  // What stands around the answer is still there, and on top.
  await expect(page.locator("form textarea")).toBeVisible();
  await page.locator("form textarea").click();
  for (const link of await lastText(page).locator("a").all()) {
    expect(await link.getAttribute("href")).toMatch(/^(?:https?|mailto):/);
  }
  expect(asked).toEqual([]);
});
