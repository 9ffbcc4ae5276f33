import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectNoBarrierIn } from "./support/barriers.ts";
import { ConsoleServer, WITH_ADMIN } from "./support/console_server.ts";
import { configOf, FakeOpenAi } from "./support/fake_openai.ts";
import { ask, composer, expect, expectPhase, lastText, signIn, test } from "./support/pages.ts";

let fake: FakeOpenAi;
let server: ConsoleServer;
let parent: string;

test.beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "cogniforge-asked-"));
  const folder = join(parent, "shop");
  await mkdir(join(folder, "src"), { recursive: true });
  await writeFile(join(folder, "README.md"), "# Shop\n");
  await writeFile(join(folder, ".env"), "TOKEN=not-for-anybody\n");
  await writeFile(join(folder, "src", "pay_invoice.ts"), "export class InvoicePayer {}\n");
  await writeFile(join(folder, "src", "orders.py"), "class OrderStore:\n    pass\n");
  fake = await FakeOpenAi.start();
  // What it answers with is what it was sent: names that were not sent can't be in the answer.
  fake.play({
    pieces: ([first = ""]) => {
      const names = new Set(first.match(/[\w/-]+\.(?:ts|py)\b/g));
      return [`Files: ${[...names].join(", ") || "none"}`];
    },
  });
  server = await ConsoleServer.start({
    environment: { ...WITH_ADMIN, COGNIFORGE_PROJECT_DIR: folder },
    config: configOf({ primary: fake.baseUrl }),
  });
});

test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fake[Symbol.asyncDispose]();
  await rm(parent, { recursive: true, force: true });
});

const LANGUAGES = [
  {
    locale: "ar",
    suggestion: "ما هي نقاط ضعف المشروع؟",
    toggle: "اسأل عن المشروع shop",
    sent: /ما أُرسل من المشروع/,
    search: "ابحث في ما أُرسل",
    tree: "شجرة الملفات",
  },
  {
    locale: "en",
    suggestion: "What are the weak points of the project?",
    toggle: "Ask about the project shop",
    sent: /Sent along from the project/,
    search: "Search in what was sent",
    tree: "Tree of files",
  },
] as const;

for (const { locale, suggestion, toggle, sent, search, tree } of LANGUAGES) {
  test.describe(`in ${locale}`, () => {
    test.use({ locale });

    test("a question about the project is answered with its real files, and shows what was sent", async ({ page }) => {
      await signIn(page, server);
      const toggler = page.getByRole("switch", { name: toggle });
      await expect(toggler).not.toBeChecked();
      await page.getByRole("button", { name: suggestion }).click();
      await expectPhase(page, "completed");
      await expect(lastText(page)).toContainText("src/pay_invoice.ts");
      await expect(lastText(page)).toContainText("src/orders.py");
      await expect(toggler).toBeChecked();

      // The panel shows to the letter what the model was sent.
      await page.locator("summary", { hasText: sent }).click();
      const panel = page.locator("details.sent");
      await expect(panel.locator("summary", { hasText: tree })).toBeVisible();
      const shown = async () => (await panel.locator("pre").allTextContents()).join("");
      await expect.poll(shown).toBe(fake.requests.at(-1)?.contents[0]);
      expect(await shown()).not.toContain("not-for-anybody");

      await panel.getByRole("searchbox", { name: search }).fill("orderstore");
      await expect(panel.locator("mark").first()).toBeVisible();
      await expect(panel.locator("mark").first()).toHaveText("OrderStore");
      await expect(panel.locator("summary", { hasText: tree })).toBeHidden();
      await expectNoBarrierIn(page, "html");

      // The conversation is read again, as another page has renamed it: what is open stays to be read.
      const conversationId = new URL(page.url()).pathname.split("/").at(-1);
      const title = `renamed elsewhere ${locale}`;
      const renamed = await page.request.post(`${server.url}/trpc/conversations.rename`, {
        data: { conversationId, title },
      });
      expect(renamed.status()).toBe(200);
      await expect(page.locator(".bar .title")).toHaveText(title);
      await expect(panel.locator("mark").first()).toHaveText("OrderStore");

      // It stays so after a reload, and a question without the project is sent without it.
      await page.reload();
      await expect(toggler).toBeChecked();
      await toggler.focus();
      await page.keyboard.press("Space");
      await expect(toggler).not.toBeChecked();
      await ask(page, "Hello");
      await expectPhase(page, "completed");
      await expect(lastText(page)).toHaveText("Files: none");
      await expect(page.locator("details.sent")).toHaveCount(1);
    });

    test("the switch and the panel fit a phone", async ({ page }) => {
      await page.setViewportSize({ width: 390, height: 844 });
      await signIn(page, server);
      await page.getByRole("switch").click();
      await composer(page).fill("حلل بنية المشروع");
      await composer(page).press("Enter");
      await expectPhase(page, "completed");
      await page.locator("details.sent > summary").click();
      await page.locator("details.sent details > summary").first().click();
      const overflow = await page.locator("main").evaluate((main) => main.scrollWidth - main.clientWidth);
      expect(overflow).toBe(0);
    });
  });
}
