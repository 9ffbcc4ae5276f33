import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { exchange, openRaw, refusalIn } from "./_raw.ts";
import type { TestServer } from "./_server.ts";
import { KEY, oneProvider, startServer } from "./_server.ts";
import { leavesNoTrace, QUESTION_TABLES } from "./_traces.ts";
import type { Upstream } from "./_upstream.ts";
import { startUpstream, streamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const JSON_TYPE = { "content-type": "application/json" };
const HEAD = `Host: x\r\nAuthorization: Bearer ${KEY}\r\n`;
/** Every way in which a question comes to the server. */
const DOORS: Record<string, (more: string) => string> = {
  "/v1/chat/completions": (more) => `{"model":"default","messages":[{"role":"user","content":"Q"}]${more}}`,
  "/v1/messages": (more) => `{"model":"default","max_tokens":9,"messages":[{"role":"user","content":"Q"}]${more}}`,
  "/admin/api/chat/stream": (more) => `{"question":"Q"${more}}`,
  "/trpc/answers.start": (more) => `{"question":"Q","parameters":{"one":1${more}}}`,
};

let upstream: Upstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startUpstream(() => streamReply("An answer"));
  server = await startServer({
    hasAdministrator: true,
    environment: { COGNIFORGE_MAX_CONNECTIONS: "40" },
    config: oneProvider(upstream.url),
  });
});

afterAll(async () => {
  // Whatever was sent: nothing of it was a fault of the server.
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const TABLES = [...QUESTION_TABLES, "user", "session"];

const noTrace = (act: () => Promise<void>) => leavesNoTrace({ server, upstream, tables: TABLES }, act);

async function codeOf(response: Response): Promise<[status: number, code: string]> {
  const { failure, error } = (await response.json()) as {
    failure?: { code: string };
    error?: { code: string; data?: { failure: { code: string } } };
  };
  return [response.status, failure?.code ?? error?.data?.failure.code ?? error?.code ?? ""];
}

/** What a proxy in front could read otherwise than this server: a second request that hides in the first. */
const HIDDEN = `POST /v1/chat/completions HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\nContent-Length: 0\r\n\r\n`;
const SMUGGLED: [name: string, head: string, body: string][] = [
  ["a length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked", `0\r\n\r\n${HIDDEN}`],
  ["chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 5", `0\r\n\r\n${HIDDEN}`],
  ["two lengths", "Content-Length: 2\r\nContent-Length: 3", `{}${HIDDEN}`],
  ["a list of lengths", "Content-Length: 2, 3", `{}${HIDDEN}`],
  ["a length below zero", "Content-Length: -1", HIDDEN],
  ["a length with a sign", "Content-Length: +2", `{}${HIDDEN}`],
  ["a length that is too long a number", "Content-Length: 99999999999999999999999", HIDDEN],
  ["a coding that is none", "Transfer-Encoding: xchunked", `0\r\n\r\n${HIDDEN}`],
  ["a coding after chunks", "Transfer-Encoding: chunked, identity", `0\r\n\r\n${HIDDEN}`],
  ["a blank before the colon", "Transfer-Encoding : chunked\r\nContent-Length: 2", `{}${HIDDEN}`],
  ["a folded line", "X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 2", `{}${HIDDEN}`],
  ["a size of a chunk that is none", "Transfer-Encoding: chunked", `zz\r\n{}\r\n0\r\n\r\n${HIDDEN}`],
  ["a size of a chunk below zero", "Transfer-Encoding: chunked", `-1\r\n{}\r\n0\r\n\r\n${HIDDEN}`],
  ["a size of a chunk without end", "Transfer-Encoding: chunked", `FFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n${HIDDEN}`],
  ["a chunk longer than its size", "Transfer-Encoding: chunked", `1\r\n{}\r\n0\r\n\r\n${HIDDEN}`],
  ["lines without a carriage return", "Content-Length: 2\n\n{}", HIDDEN],
];

for (const [name, head, body] of SMUGGLED) {
  test(`a request with ${name} is refused, closed, and hides no other`, async () => {
    await noTrace(async () => {
      const bytes = `POST /v1/chat/completions HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\n${head}\r\n\r\n${body}`;
      const reply = await exchange(server.url, bytes);
      expect(refusalIn(reply)).toEqual({ status: 400, code: "invalid-input" });
      expect(reply.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    });
  });
}

const HEADS: [name: string, bytes: string, status: number, code: string][] = [
  ["no host", "GET /healthz HTTP/1.1\r\n\r\n", 400, "invalid-input"],
  ["two hosts", "GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, "invalid-input"],
  ["a null byte in a header", "GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", 400, "invalid-input"],
  ["a bare carriage return", "GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\rY: b\r\n\r\n", 400, "invalid-input"],
  ["a null byte in the address", "GET /heal\0thz HTTP/1.1\r\nHost: x\r\n\r\n", 400, "invalid-input"],
  ["a version that is none", "GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n", 400, "invalid-input"],
  [
    "an unknown expectation",
    "POST / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nContent-Length: 0\r\n\r\n",
    417,
    "invalid-input",
  ],
  [
    "endless headers",
    `GET / HTTP/1.1\r\nHost: x\r\n${`x: ${"y".repeat(1_000)}\r\n`.repeat(1_200)}\r\n`,
    431,
    "body-too-large",
  ],
  ["many headers", `GET / HTTP/1.1\r\nHost: x\r\n${"a: b\r\n".repeat(200_000)}\r\n`, 431, "body-too-large"],
  ["an address of 2 MiB", `GET /${"a".repeat(2 ** 21)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, "body-too-large"],
];

for (const [name, bytes, status, code] of HEADS) {
  test(`a head with ${name} is refused with ${status}, in both languages`, async () => {
    expect(refusalIn(await exchange(server.url, bytes))).toEqual({ status, code });
  });
}

test("what would make a proxy of the server is not done", async () => {
  await using elsewhere = await startUpstream(() => streamReply("stolen"));
  const { host } = new URL(elsewhere.url);
  const absolute = await exchange(
    server.url,
    `GET ${elsewhere.url}/x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
  );
  expect(refusalIn(absolute)).toEqual({ status: 404, code: "not-found" });
  expect(await exchange(server.url, `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toBe("");
  const trace = await exchange(
    server.url,
    "TRACE / HTTP/1.1\r\nHost: x\r\nCookie: a=secret\r\nConnection: close\r\n\r\n",
  );
  expect(refusalIn(trace)).toEqual({ status: 404, code: "not-found" });
  expect(trace).not.toContain("secret");
  expect(elsewhere.requests).toEqual([]);
});

test("an offer to change to HTTP/2 is left, as Java's client makes one with every first request", async () => {
  const offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n";
  using connection = openRaw(server.url, `GET /healthz HTTP/1.1\r\nHost: x\r\n${offer}\r\n`);
  await vi.waitFor(() => expect(connection.said()).toMatch(/^HTTP\/1\.1 200 .*"alive"/s), { interval: 5 });
});

test("an upgrade elsewhere, and a handshake that is none, are refused in both languages", async () => {
  const upgrade = (path: string, more: string) =>
    exchange(server.url, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${more}\r\n`);
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
  expect(refusalIn(await upgrade("/elsewhere", key))).toEqual({ status: 404, code: "not-found" });
  expect(refusalIn(await upgrade("/trpc", ""))).toEqual({ status: 400, code: "invalid-input" });
  const foreign = await upgrade("/trpc", `${key}Origin: https://evil.example\r\n`);
  expect(refusalIn(foreign)).toEqual({ status: 403, code: "cross-origin" });
});

test("a compressed body is refused unread at every door, however much it would unfold to", async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20, " "));
  await noTrace(async () => {
    for (const path of [...Object.keys(DOORS), "/api/auth/sign-in/email", "/nothing"]) {
      for (const encoding of ["gzip", "br", "deflate", "zstd", "x-unknown"]) {
        const headers = { ...JSON_TYPE, "content-encoding": encoding };
        const response = await server.fetch(path, { method: "POST", headers, body: bomb });
        expect(await codeOf(response), `${path} ${encoding}`).toEqual([415, "unsupported-media-type"]);
      }
    }
  });
});

test("JSON that is nested without end is refused as such at every door, and writes nothing", async () => {
  await noTrace(async () => {
    for (const depth of [300, 10_000, 1_000_000]) {
      const pair = (open: string, close: string) => `${open.repeat(depth)}1${close.repeat(depth)}`;
      for (const nested of [pair("[", "]"), pair('{"a":', "}")]) {
        for (const [path, bodyOf] of Object.entries(DOORS)) {
          const body = bodyOf(`,"x":${nested}`);
          const response = await server.fetch(path, { method: "POST", headers: JSON_TYPE, body });
          const tooLarge = body.length > 4 * 2 ** 20 && !path.startsWith("/v1");
          const expected = tooLarge ? [413, "body-too-large"] : [400, "invalid-json"];
          expect(await codeOf(response), `${path} ${depth}`).toEqual(expected);
        }
      }
    }
  });
});

test("keys such as __proto__ change nothing for anybody, at every door", async () => {
  const evil = ["__proto__", "constructor", "prototype"].map(
    (key) => `"${key}":{"polluted":1,"prototype":{"polluted":1}}`,
  );
  for (const [path, bodyOf] of Object.entries(DOORS)) {
    const response = await server.fetch(path, {
      method: "POST",
      headers: JSON_TYPE,
      body: bodyOf(`,${evil.join(",")}`),
    });
    await response.text();
    expect(response.status, path).toBeLessThan(500);
  }
  const query = "__proto__[polluted]=1&constructor[prototype][polluted]=1&question=Q";
  await (await server.fetch(`/admin/api/chat/stream?${query}`)).text();
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test("a batch of more calls than a page makes is refused as a whole", async () => {
  const asked = upstream.requests.length;
  const batch = (calls: number) =>
    server.fetch(`/trpc/${Array(calls).fill("answers.start").join(",")}?batch=1`, {
      method: "POST",
      headers: JSON_TYPE,
      body: JSON.stringify(Object.fromEntries(Array.from({ length: calls }, (_, at) => [at, { question: "Q" }]))),
    });
  expect(await codeOf(await batch(51))).toEqual([400, "invalid-input"]);
  expect(await codeOf(await batch(10_000))).toEqual([400, "invalid-input"]);
  expect(upstream.requests).toHaveLength(asked);
});

describe("ids and headers that a caller chooses", () => {
  const BREAKS = [
    "a\r\nSet-Cookie: x=y",
    "a\nb",
    "a\0b",
    "../../etc/passwd",
    "a b",
    "a;b",
    "<script>",
    "a".repeat(1_000),
  ];

  test("an id with a line break, a path or a script in it is none, at every door", async () => {
    await noTrace(async () => {
      for (const id of BREAKS) {
        const started = await server.post("/trpc/answers.start", { question: "Q", answerId: id });
        expect(await codeOf(started), id).toEqual([400, "invalid-input"]);
        const plain = await server.post("/admin/api/chat/stream", { question: "Q", answer_id: id });
        expect(await codeOf(plain), id).toEqual([400, "invalid-input"]);
        for (const path of [`/v1/answers/${encodeURIComponent(id)}`, `/v1/answers/${encodeURIComponent(id)}/stream`]) {
          const response = await server.fetch(path);
          expect(response.headers.get("set-cookie")).toBeNull();
          expect(response.headers.get("x-answer-id")).toBeNull();
          expect(await codeOf(response), id).toEqual([404, "answer-not-found"]);
        }
      }
    });
  });

  test("an Idempotency-Key is never said again: what came with it stands in no header", async () => {
    for (const key of ["a\tb", "é".repeat(10), "x".repeat(10_000), "__proto__", "' OR 1=1 --"]) {
      const body = DOORS["/v1/chat/completions"]?.("") ?? "";
      const headers = { ...JSON_TYPE, "idempotency-key": key };
      const response = await server.fetch("/v1/chat/completions", { method: "POST", headers, body });
      await response.text();
      expect(response.status, key).toBeLessThan(500);
      expect(JSON.stringify([...response.headers])).not.toContain(key);
    }
  });

  test("headers that lie about who forwards are believed from nobody", async () => {
    const lies = {
      "x-forwarded-proto": "https",
      "x-forwarded-host": "evil.example",
      "x-forwarded-for": "203.0.113.7",
      forwarded: "for=203.0.113.7;proto=https;host=evil.example",
      "x-cf-proto": "https",
      "x-cf-address": "203.0.113.7",
    };
    const { email, password } = { email: "admin@example.com", password: "correct horse battery" };
    const response = await server.post("/api/auth/sign-in/email", { email, password }, { origin: server.url, ...lies });
    expect(response.status).toBe(200);
    expect(response.headers.has("strict-transport-security")).toBe(false);
    for (const cookie of response.headers.getSetCookie()) expect(cookie).not.toMatch(/Secure/);
    const cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const foreign = { ...lies, cookie, origin: "https://evil.example" };
    expect(await codeOf(await server.post("/trpc/answers.start", { question: "Q" }, foreign))).toEqual([
      403,
      "cross-origin",
    ]);
  });

  test("paths that climb out lead nowhere, however they are written", async () => {
    const paths = [
      "/../../../../etc/passwd",
      "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
      "/..%2f..%2f..%2fetc%2fpasswd",
      "/%252e%252e/%252e%252e/etc/passwd",
      "/..\\..\\..\\etc\\passwd",
      "/trpc/../../etc/passwd",
      "/v1/../../../data/cogniforge.sqlite",
      "/data/cogniforge.sqlite",
      "/data/auth_secret",
      "/.env",
      "//etc/passwd",
      "/v1/models/..%2f..%2f..%2f..%2fetc%2fpasswd",
      "/admin/api/conversations/..%2f..%2fdata%2fauth_secret/export",
    ];
    for (const path of paths) {
      const reply = await exchange(server.url, `GET ${path} HTTP/1.1\r\n${HEAD}Connection: close\r\n\r\n`);
      expect(reply, path).toMatch(/^HTTP\/1\.1 404 /);
      expect(reply, path).not.toMatch(/root:|SQLite format/);
    }
  });
});

test("more connections than are allowed are closed at once, and those that are there go on", async () => {
  using stack = new DisposableStack();
  const opened = Array.from({ length: 60 }, () => stack.use(openRaw(server.url)));
  const first = await Promise.race(opened.map((connection) => connection.closed.then(() => connection)));
  expect(first.said()).toBe("");
  const alive = opened.filter(({ socket }) => socket.readyState === "open");
  expect(alive.length).toBeGreaterThan(0);
  const [one] = alive;
  one?.socket.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  await vi.waitFor(() => expect(one?.said()).toContain('"alive"'), { interval: 5 });
});
