import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { ADMINISTRATOR, startServer, type TestServer } from "./_server.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let server: TestServer;
/** What a proxy writes that ends TLS and gives the server another name. */
const FORWARDED = {
  "x-forwarded-proto": "https",
  "x-forwarded-host": "console.example",
  "x-forwarded-for": "203.0.113.7",
};
const ORIGIN = { origin: "https://console.example" };

beforeAll(async () => {
  const environment = { ALLOW_MOCK_LLM: "true", COGNIFORGE_TRUSTED_PROXIES: "loopback" };
  server = await startServer({ hasAdministrator: true, environment });
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

test("behind a trusted proxy that ends TLS cookies are Secure, and its name is the console's", async () => {
  const headers = { ...FORWARDED, ...ORIGIN };
  const response = await server.post("/api/auth/sign-in/email", ADMINISTRATOR, headers);
  expect(response.status).toBe(200);
  const cookies = response.headers.getSetCookie();
  expect(cookies).toHaveLength(2);
  for (const cookie of cookies) expect(cookie).toMatch(/; HttpOnly; SameSite=Lax; Secure$/);
  expect(response.headers.get("strict-transport-security")).toBe("max-age=31536000");
  const cookie = cookies[0]?.split(";")[0] ?? "";
  const started = await server.post("/trpc/answers.start", { question: "Q" }, { ...headers, cookie });
  expect(started.status).toBe(200);
  const statusOf = (more: Record<string, string>) =>
    new Promise((resolve) => {
      const address = `${server.url.replace("http", "ws")}/trpc`;
      const socket = new WebSocket(address, { headers: { ...FORWARDED, cookie, ...more } });
      socket.once("open", () => resolve(101));
      socket.once("unexpected-response", (_request, { statusCode }) => resolve(statusCode));
      socket.once("error", () => {});
      socket.once("open", () => socket.terminate());
    });
  expect(await statusOf(ORIGIN)).toBe(101);
  expect(await statusOf({ origin: "https://evil.example" })).toBe(403);
});

test("behind a trusted proxy each caller is throttled by its own address, and none gets another by lying", async () => {
  const tryAs = async (forwarded: string) => {
    const headers = { ...FORWARDED, ...ORIGIN, "x-forwarded-for": forwarded };
    const wrong = { email: `${forwarded.length}@example.com`, password: "the wrong password" };
    return (await server.post("/api/auth/sign-in/email", wrong, headers)).status;
  };
  // The proxy appends whom it heard: what stands left of that is the caller's own invention.
  for (let at = 0; at < 10; at++) expect(await tryAs(`198.51.100.${at}, 203.0.113.20`)).toBe(401);
  expect(await tryAs("198.51.100.99, 203.0.113.20")).toBe(429);
  expect(await tryAs("203.0.113.21")).toBe(401);
});
