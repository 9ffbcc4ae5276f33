import { expect, test, vi } from "vitest";
import { exchange } from "./_raw.ts";
import { ADMINISTRATOR, startServer } from "./_server.ts";

vi.setConfig({ testTimeout: 30_000 });

const POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const NEEDED = {
  "content-security-policy": POLICY,
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": expect.stringContaining("camera=()"),
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

const ASK = { model: "default", messages: [{ role: "user", content: "Q" }] };

test("every kind of reply tells browsers what they may not do with it, and nothing of what runs here", async () => {
  await using server = await startServer({ hasAdministrator: true, environment: { ALLOW_MOCK_LLM: "true" } });
  const { answerId } = (await (await server.post("/trpc/answers.start", { question: "Q" })).json()).result.data;
  const cookie = await server.signIn();
  const replies: Record<string, Promise<Response>> = {
    health: server.fetch("/healthz"),
    "JSON of /v1": server.post("/v1/chat/completions", ASK),
    "a stream of /v1": server.post("/v1/chat/completions", { ...ASK, stream: true }),
    "a stream of Anthropic's": server.post("/v1/messages", { ...ASK, max_tokens: 9, stream: true }),
    "the plain SSE route": server.fetch("/admin/api/chat/stream?question=Q"),
    "an answer": server.fetch(`/v1/answers/${answerId}`),
    tRPC: server.fetch("/trpc/system.status"),
    "a subscription over SSE": server.fetch("/trpc/metrics.live", { headers: { cookie, accept: "text/event-stream" } }),
    metrics: server.fetch("/metrics"),
    "signing in": server.post("/api/auth/sign-in/email", ADMINISTRATOR, { origin: server.url }),
    "a refused sign-in": server.post("/api/auth/sign-in/email", { email: "x" }, { origin: server.url }),
    "a closed path of the sign-in": server.fetch("/api/auth/list-users"),
    "401": server.fetch("/v1/models", { headers: { authorization: "Bearer wrong" } }),
    "404 of a door": server.fetch("/v1/nothing"),
    "404 of none": server.fetch("/nothing"),
    "405": server.fetch("/v1/models", { method: "PUT" }),
    "415": server.fetch("/v1/chat/completions", { method: "POST", headers: { "content-encoding": "gzip" }, body: "x" }),
  };
  for (const [name, reply] of Object.entries(replies)) {
    const response = await reply;
    const headers = Object.fromEntries(response.headers);
    expect(headers, name).toMatchObject(NEEDED);
    for (const telling of ["server", "x-powered-by", "access-control-allow-origin"]) {
      expect(headers, name).not.toHaveProperty(telling);
    }
    // Only over TLS, and nobody said that this is.
    expect(headers, name).not.toHaveProperty("strict-transport-security");
    await response.body?.cancel();
  }
  for (const bytes of [
    "NONSENSE\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
  ]) {
    const reply = (await exchange(server.url, bytes)).toLowerCase();
    expect(reply).toContain("x-content-type-options: nosniff");
    expect(reply).toContain(`content-security-policy: ${POLICY}`);
  }
});
