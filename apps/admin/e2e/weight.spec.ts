import { ConsoleServer, WITH_ADMIN } from "./support/console_server.ts";
import { composer, expect, signIn, test } from "./support/pages.ts";

/** What a first look at the console may weigh over the wire, in bytes: compressed, with its fonts. */
const LIMIT = 250_000;

test("the first load of the chat stays below 250 kB over the wire, and what is kept is not loaded again", async ({
  page,
  context,
}) => {
  await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, ALLOW_MOCK_LLM: "true" } });
  await signIn(page, server);
  // Nothing of the sign-in's page is kept: this one pays for all of it.
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.clearBrowserCache");
  const urls = new Map<string, string>();
  const weights = new Map<string, number>();
  devtools.on("Network.responseReceived", ({ requestId, response }) => urls.set(requestId, response.url));
  // Bodies as they came, without their headers.
  devtools.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    // What comes out of the browser's own store weighs nothing.
    if (encodedDataLength === 0) return;
    const { pathname } = new URL(urls.get(requestId) ?? server.url);
    weights.set(pathname, (weights.get(pathname) ?? 0) + encodedDataLength);
  });

  await page.goto(server.url);
  await expect(composer(page)).toBeEditable();
  // The page follows its conversations without an end, so the network is never idle.
  await page.waitForLoadState("load");
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const heaviest = [...weights].toSorted(([, a], [, b]) => b - a).slice(0, 8);
  console.log(`First load: ${total} bytes in ${weights.size} files`);
  expect(weights.size).toBeGreaterThan(5);
  expect(total, JSON.stringify(heaviest)).toBeLessThan(LIMIT);

  weights.clear();
  await page.reload();
  await expect(composer(page)).toBeEditable();
  expect([...weights.keys()].filter((path) => path.includes("/_app/immutable/"))).toEqual([]);
});
