import { request } from "node:http";
import { ConsoleServer, WITH_ADMIN } from "./support/console_server.ts";
import { expect, signIn, test } from "./support/pages.ts";

let server: ConsoleServer;

test.beforeAll(async () => {
  server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, ALLOW_MOCK_LLM: "true" } });
});

test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** Asks with the path as it stands: `fetch()` would tidy it up. */
function get(path: string): Promise<{ status: number; body: string; headers: Record<string, unknown> }> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (piece) => {
        body += piece;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    })
      .on("error", reject)
      .end();
  });
}

test("every page and every file of the console carries its policy, and no file is a page", async ({ page }) => {
  const seen: { url: string; headers: Record<string, string> }[] = [];
  page.on("response", async (response) => {
    if (response.url().startsWith(server.url)) seen.push({ url: response.url(), headers: response.headers() });
  });
  await signIn(page, server);
  await page.goto(`${server.url}/keys`);
  await page.goto(`${server.url}/no-such-page`);
  expect(seen.length).toBeGreaterThan(20);
  for (const { url, headers } of seen) {
    const isPage = headers["content-type"]?.startsWith("text/html") ?? false;
    expect(headers["x-content-type-options"], url).toBe("nosniff");
    expect(headers["x-frame-options"], url).toBe("DENY");
    expect(headers["referrer-policy"], url).toBe("same-origin");
    expect(headers["cross-origin-resource-policy"], url).toBe("same-origin");
    expect(headers["content-security-policy"], url).toContain("frame-ancestors 'none'");
    if (isPage) expect(headers["content-security-policy"], url).toMatch(/script-src 'self' 'nonce-/);
    expect(headers["content-security-policy"], url).not.toMatch(/script-src[^;]*unsafe/);
  }
});

test("a path that climbs out of the console's files finds none of the machine's", async () => {
  const climbs = ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "..\\", "%252e%252e%252f", "....//"];
  for (const climb of climbs) {
    for (const base of ["/", "/_app/", "/_app/immutable/", "/_app/immutable/assets/"]) {
      for (const file of ["etc/passwd", "package.json", "handler.js", "server/index.js", "data/auth_secret"]) {
        const { status, body, headers } = await get(`${base}${climb.repeat(8)}${file}`);
        expect([302, 303, 308, 400, 404], `${base}${climb}`).toContain(status);
        expect(body).not.toMatch(/root:|"dependencies"|import |createReadableStream/);
        expect(headers["x-content-type-options"]).toBe("nosniff");
      }
    }
  }
});
