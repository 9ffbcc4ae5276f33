import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { ConsoleServer, WITH_ADMIN } from "./support/console_server.ts";
import { FakeOpenAi, piecesOf } from "./support/fake_openai.ts";
import { keepLooks } from "./support/looks.ts";
import { ask, composer, expect, expectPhase, lastAnswer, signIn, test } from "./support/pages.ts";
import { SHOWCASES } from "./support/showcase.ts";
import { LOCALES, type Locale, wordsOf } from "./support/words.ts";

// Every page once, with all that has to happen before there is something to see.
test.setTimeout(600_000);

const API_KEY = "sk-showcase-bootstrap-0123456789";

/** The upstreams behind the pictures: one that is first, one that comes to help, one for programs. */
async function startShow(locale: Locale) {
  const show = SHOWCASES[locale];
  const stack = new AsyncDisposableStack();
  const main = stack.use(await FakeOpenAi.start());
  const backup = stack.use(await FakeOpenAi.start());
  const local = stack.use(await FakeOpenAi.start());
  const parent = await mkdtemp(join(tmpdir(), "cogniforge-show-"));
  stack.defer(() => rm(parent, { recursive: true, force: true }));
  const folder = join(parent, show.project);
  await mkdir(join(folder, "src"), { recursive: true });
  await writeFile(join(folder, "README.md"), "# Shop\n\nOrders and invoices.\n");
  await writeFile(join(folder, "src", "pay_invoice.ts"), "export class InvoicePayer {\n  pay() {}\n}\n");
  await writeFile(join(folder, "src", "orders.py"), "class OrderStore:\n    def add(self, order): ...\n");
  const server = stack.use(
    await ConsoleServer.start({
      environment: {
        ...WITH_ADMIN,
        ADMIN_NAME: locale === "ar" ? "المدير" : "Administrator",
        COGNIFORGE_API_KEY: API_KEY,
        COGNIFORGE_PROJECT_DIR: folder,
        GATEWAY_KEY: "sk-showcase-0123456789abcdefghij",
      },
      config: {
        providers: {
          gateway: {
            dialect: "openai-chat",
            baseUrl: main.baseUrl,
            apiKeyEnv: "GATEWAY_KEY",
            model: "openai/gpt-4o-mini",
          },
          backup: { dialect: "openai-chat", baseUrl: backup.baseUrl, model: "qwen3-32b" },
          local: { dialect: "openai-chat", baseUrl: local.baseUrl, model: "llama-3.1-8b" },
        },
        routes: {
          fast: { targets: [{ provider: "local", model: "llama-3.1-8b" }], maxRetries: 0 },
        },
        prices: { "openai/gpt-4o-mini": { input: 0.15, output: 0.6 }, "qwen3-32b": { input: 0.1, output: 0.3 } },
      },
    }),
  );
  return { show, main, backup, local, server, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Asks as programs do, at a pace that changes, until it is disposed of. */
function keepAsking(server: ConsoleServer, local: FakeOpenAi): AsyncDisposable {
  let isOver = false;
  const asking = (async () => {
    for (let number = 0; !isOver; number++) {
      const words = 40 + ((number * 17) % 60);
      local.play({ pieces: Array.from({ length: words }, () => "word "), paceMs: 4 + (number % 7) });
      const response = await fetch(`${server.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${API_KEY}` },
        body: JSON.stringify({ model: "fast", messages: [{ role: "user", content: `Ping ${number}` }] }),
      });
      await response.text();
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      isOver = true;
      await asking;
    },
  };
}

async function askEarlier(page: Page, question: string): Promise<void> {
  await page.evaluate(async (text) => {
    const response = await fetch("/admin/api/chat/stream", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ question: text }),
    });
    await response.text();
  }, question);
}

async function goTo(page: Page, server: ConsoleServer, path: string): Promise<void> {
  await page.goto(`${server.url}${path}`);
  await expect(page.locator("main h1")).toBeVisible();
}

for (const locale of LOCALES) {
  const say = wordsOf(locale);

  test.describe(`in ${locale}`, () => {
    test.use({ locale });

    test("the pages before the console", async ({ page }) => {
      await using server = await ConsoleServer.start();
      await page.goto(server.url);
      await expect(page.locator("#code")).toBeVisible();
      await page.locator("#code").fill(server.code ?? "");
      await keepLooks(page, "setup");
    });

    test("the chat", async ({ page }) => {
      await using shown = await startShow(locale);
      const { show, main, backup, local, server } = shown;
      await page.goto(`${server.url}/login`);
      await page.locator("#email").fill(WITH_ADMIN.ADMIN_EMAIL);
      await keepLooks(page, "login");
      await signIn(page, server);
      for (const [question, answer] of show.earlier) {
        main.play({ pieces: piecesOf(answer) });
        await askEarlier(page, question);
      }
      await page.reload();
      await expect(composer(page)).toBeVisible();
      await expect(page.locator("aside nav li")).toHaveCount(show.earlier.length);
      await keepLooks(page, "welcome");

      const pieces = piecesOf(show.answer);
      main.play({ pieces, paceMs: 6, reasoning: show.reasoning, holdAfter: Math.floor(pieces.length * 0.6) });
      await ask(page, show.question);
      await expect(lastAnswer(page).locator("pre")).toBeVisible();
      await keepLooks(page, "chat_streaming", { isWhole: false });
      main.release();
      await expectPhase(page, "completed");
      await lastAnswer(page)
        .locator("summary", { hasText: say("reasoning_done") })
        .click();
      await keepLooks(page, "chat");
      await lastAnswer(page)
        .getByRole("button", { name: say("measures_show") })
        .click();
      await expect(lastAnswer(page).locator(".panel svg").first()).toBeVisible();
      await page.locator(".scroller").evaluate((one) => one.scrollTo(0, 0));
      await keepLooks(page, "measures");

      await page
        .getByRole("link", { name: say("conversation_new") })
        .first()
        .click();
      const begun = piecesOf(show.rescued.begun);
      main.play({ pieces: [...begun, "…"], paceMs: 8, cutAfter: begun.length });
      backup.play({ pieces: piecesOf(show.rescued.rest), paceMs: 8 });
      await ask(page, show.rescued.question);
      await expectPhase(page, "completed");
      await lastAnswer(page).locator("details.trail summary").click();
      await keepLooks(page, "rescue");
      await lastAnswer(page).locator("details.trail summary").click();
      await lastAnswer(page)
        .getByRole("button", { name: say("authorship_show") })
        .click();
      await lastAnswer(page).locator(".part").last().focus();
      await keepLooks(page, "authorship");

      main.play({ pieces: [show.rescued.begun], reasoning: show.reasoning });
      await lastAnswer(page)
        .getByRole("button", { name: say("answer_regenerate"), exact: true })
        .click();
      await expectPhase(page, "completed");
      await keepLooks(page, "versions");

      await page
        .getByRole("link", { name: say("conversation_new") })
        .first()
        .click();
      main.play({ pieces: [], status: 401 });
      backup.play({ pieces: [], status: 402 });
      local.play({ pieces: [], status: 404 });
      await ask(page, show.failed);
      await expectPhase(page, "failed");
      await keepLooks(page, "failure");

      await page
        .getByRole("link", { name: say("conversation_new") })
        .first()
        .click();
      main.play({ pieces: piecesOf(show.aboutProject) });
      backup.play({ pieces: piecesOf(show.aboutProject) });
      await page.getByRole("switch").click();
      await ask(page, say("project_suggestion_weak"));
      await expectPhase(page, "completed");
      await page.locator("details.sent > summary").click();
      await page.locator("details.sent details > summary").first().click();
      await keepLooks(page, "project");

      await page.locator("aside input[type=search]").fill(show.search);
      await expect(page.locator("aside mark").first()).toBeVisible();
      await keepLooks(page, "search", { isWhole: false });
    });

    test("the pages of administrators", async ({ page }) => {
      await using shown = await startShow(locale);
      const { show, main, backup, local, server } = shown;
      await signIn(page, server);
      main.play({ pieces: piecesOf(show.rescued.begun), cutAfter: 20, paceMs: 4 });
      backup.play({ pieces: piecesOf(show.rescued.rest), paceMs: 4 });
      await ask(page, show.rescued.question);
      await expectPhase(page, "completed");
      backup.play({ pieces: [], status: 402 });
      local.play({ pieces: [], status: 404 });
      await ask(page, show.failed);
      await expectPhase(page, "failed");
      await using programs = keepAsking(server, local);
      await goTo(page, server, "/providers");
      await expect(page.locator("[data-counter]").first()).toBeVisible();
      await keepLooks(page, "providers");
      const card = page.locator('[data-route="default"]');
      await card.getByRole("button", { name: say("route_change"), exact: true }).click();
      await keepLooks(page, "route");
      await card.getByLabel(say("route_first_token")).fill("9000");
      await card.getByRole("button", { name: say("save"), exact: true }).click();
      await card.getByRole("button", { name: say("route_history") }).click();
      await expect(card.locator("[data-version]")).toHaveCount(1);
      await keepLooks(page, "history");

      await goTo(page, server, "/keys");
      await page.getByRole("button", { name: say("key_new") }).click();
      await page.locator("#key-name").fill(show.keyName);
      await page.locator("dialog[open] details summary").click();
      await page.locator("#key-requestsPerMinute").fill("60");
      await page.locator("#key-monthlyUsd").fill("20");
      await page.locator("#key-name").focus();
      await keepLooks(page, "key_form", { isWhole: false });
      await page.getByRole("button", { name: say("key_create") }).click();
      await expect(page.locator("dialog[open] input[readonly]")).toHaveValue(/^cf-/);
      await keepLooks(page, "key_made", { isWhole: false });
      await page.getByRole("button", { name: say("key_shown_done") }).click();
      await expect(page.locator("li[data-key]")).toHaveCount(1);
      await keepLooks(page, "keys");

      await goTo(page, server, "/users");
      await page.getByRole("button", { name: say("user_new") }).click();
      await page.locator("#user-email").fill("member@example.com");
      await page.locator("#user-name").fill(locale === "ar" ? "عضو" : "Member");
      await page.locator("#user-password").fill("a long enough password");
      await page.getByRole("button", { name: say("user_create") }).click();
      await expect(page.locator("[data-user]")).toHaveCount(2);
      await keepLooks(page, "users");
      await goTo(page, server, "/account");
      await keepLooks(page, "account");
      await goTo(page, server, "/audit");
      await expect(page.locator("[data-action]").first()).toBeVisible();
      await keepLooks(page, "audit");
      for (const upstream of [main, backup]) upstream.play({ pieces: ["Hello"] });
      await goTo(page, server, "/doctor");
      await expect(page.locator('[data-outcome="running"]')).toHaveCount(0);
      await keepLooks(page, "doctor");

      await goTo(page, server, "/dashboard");
      await page.locator('input[type="radio"][value="5m"]').check();
      await expect(page.locator("[data-answer]").first()).toBeVisible();
      await programs[Symbol.asyncDispose]();
      await keepLooks(page, "dashboard");
      await page.goto(`${server.url}/nowhere`);
      await keepLooks(page, "error");
    });

    test("a drill with a rescue", async ({ page }) => {
      await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, ALLOW_MOCK_LLM: "true" } });
      await signIn(page, server);
      await goTo(page, server, "/providers");
      await page.locator('input[name="fault"][value="cut"]').check();
      await page.locator("#drill-calls").fill("2");
      await page.getByRole("button", { name: say("drill_arm") }).click();
      await expect(page.locator("[data-armed]")).toBeVisible();
      await page.locator("[data-armed]").scrollIntoViewIfNeeded();
      await keepLooks(page, "drill", { isWhole: false });
    });
  });
}
