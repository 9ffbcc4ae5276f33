import { test as base, type Cookie, expect, type Page } from "@playwright/test";
import { ADMIN, type ConsoleServer } from "./console_server.ts";

/** A press on a page that was rendered and does not work yet is lost: what is opened waits until it does. */
function opensAlive(page: Page): void {
  const isAlive = () => page.locator("html[data-alive]").waitFor({ state: "attached" });
  const { goto, reload } = page;
  page.goto = async (url, options) => {
    const response = await goto.call(page, url, options);
    if (options?.waitUntil !== "commit") await isAlive();
    return response;
  };
  page.reload = async (options) => {
    const response = await reload.call(page, options);
    await isAlive();
    return response;
  };
}

/** A test whose pages work once they are opened, and whose first page must not complain: no error in the console, no refused content. */
export const test = base.extend<{ complaints: string[] }>({
  context: async ({ context }, use) => {
    context.on("page", opensAlive);
    await use(context);
  },
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => {
        // A refusal is a reply like others: the browser tells it as an error nevertheless.
        const isReply = /Failed to load resource: the server responded with a status of (4\d\d|503)/.test(
          message.text(),
        );
        // A server that a test has stopped is one that the page keeps looking for.
        const isGone =
          /net::ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)/.test(
            message.text(),
          );
        if (message.type() === "error" && !isReply && !isGone) complaints.push(message.text());
      });
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** The sessions that were opened: a server lets nobody try ten passwords a minute, and a file may have more tests than that. */
const sessions = new WeakMap<ConsoleServer, Cookie[]>();

/** Signs in as the administrator, by the form the first time. */
export async function signIn(page: Page, server: ConsoleServer, path = "/"): Promise<void> {
  const cookies = sessions.get(server);
  if (cookies !== undefined) {
    await page.context().addCookies(cookies);
    await page.goto(`${server.url}${path}`);
    await expectReady(page);
    return;
  }
  await page.goto(`${server.url}/login?next=${encodeURIComponent(path)}`);
  await page.locator("#email").fill(ADMIN.email);
  await page.locator("#password").fill(ADMIN.password);
  await page.locator("button[type=submit]").click();
  await expect(composer(page)).toBeVisible();
  const all = await page.context().cookies();
  sessions.set(
    server,
    all.filter(({ name }) => !name.startsWith("cf_")),
  );
}

/** Waits until the page works: what the server renders shows the conversations as still being read. */
export async function expectReady(page: Page): Promise<void> {
  await expect(composer(page)).toBeVisible();
  await expect(page.locator("aside nav [aria-hidden] > .h-7")).toHaveCount(0);
}

export const composer = (page: Page) => page.locator("form textarea");
export const answers = (page: Page) => page.locator("article");
export const lastAnswer = (page: Page) => answers(page).last();
export const lastText = (page: Page) => lastAnswer(page).locator(".markdown");

export async function ask(page: Page, question: string): Promise<void> {
  const count = await answers(page).count();
  await composer(page).fill(question);
  await composer(page).press("Enter");
  await expect(answers(page)).toHaveCount(count + 1);
}

/** Waits for the last answer's outcome. */
export async function expectPhase(page: Page, phase: string): Promise<void> {
  await expect(lastAnswer(page)).toHaveAttribute("data-phase", phase);
}
