import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { RawConnection } from "./_raw.ts";
import { openRaw, refusalIn } from "./_raw.ts";
import type { TestServer } from "./_server.ts";
import { KEY, oneProvider, startServer } from "./_server.ts";
import type { Upstream } from "./_upstream.ts";
import { chatStream, EVENT_STREAM, STOP, startUpstream } from "./_upstream.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

/** Below the longest answer, and in UTF-8 far above what kernels hold for a connection. */
const LONG = Array.from({ length: 70 }, () => "كلام كثير بلا طائل ".repeat(5_200));
const HEAD = `Host: x\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: application/json\r\n`;
const DOORS = [
  "/v1/chat/completions",
  "/v1/messages",
  "/admin/api/chat/stream",
  "/trpc/answers.start",
  "/api/auth/sign-in/email",
];

let gate: Promise<void> | undefined;
let upstream: Upstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startUpstream(async ({ json }) => {
    const text = JSON.stringify(json).includes("a long one") ? LONG : ["short"];
    async function* pieces() {
      await gate;
      yield* chatStream(...text, STOP);
    }
    return { headers: EVENT_STREAM, pieces: pieces() };
  });
  server = await startServer({
    environment: { COGNIFORGE_REQUEST_TIMEOUT_SECONDS: "1" },
    config: oneProvider(upstream.url),
  });
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

/** Writes one byte after the other until the server has closed. */
async function trickle(connection: RawConnection, bytes: string): Promise<string> {
  let at = 0;
  const dripping = setInterval(() => {
    if (connection.socket.writable) connection.socket.write(bytes[at++ % bytes.length] ?? "");
  }, 20);
  try {
    return await connection.closed;
  } finally {
    clearInterval(dripping);
  }
}

test("a head that comes byte by byte is refused with 408, however diligently it goes on", async () => {
  using connection = openRaw(server.url, "GET /healthz HTTP/1.1\r\n");
  expect(refusalIn(await trickle(connection, "x: y\r\n"))).toEqual({ status: 408, code: "invalid-input" });
});

test("a body that comes byte by byte is refused with 408 at every door, with a length and without", async () => {
  const asked = upstream.requests.length;
  const attempts = DOORS.flatMap((path) =>
    [
      { head: "Content-Length: 10000\r\n", drop: " " },
      { head: "Transfer-Encoding: chunked\r\n", drop: "1\r\n \r\n" },
    ].map(async ({ head, drop }) => {
      using connection = openRaw(server.url, `POST ${path} HTTP/1.1\r\n${HEAD}${head}\r\n`);
      const reply = await trickle(connection, drop);
      expect(refusalIn(reply), `${path} ${head}`).toEqual({ status: 408, code: "invalid-input" });
    }),
  );
  await Promise.all(attempts);
  expect(upstream.requests).toHaveLength(asked);
});

test("chunks without end are refused with 413 as soon as they are too many, at every door", async () => {
  const megabyte = " ".repeat(2 ** 20);
  for (const path of DOORS) {
    using connection = openRaw(server.url, `POST ${path} HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    const send = () => {
      while (connection.socket.writable && connection.socket.write(`100000\r\n${megabyte}\r\n`));
    };
    connection.socket.on("drain", send);
    send();
    await vi.waitFor(() => expect(connection.said(), path).toMatch(/^HTTP\/1\.1 413 /), {
      interval: 5,
      timeout: 10_000,
    });
  }
  expect((await server.fetch("/healthz")).status).toBe(200);
});

test("a body that is refused for its length and goes on all the same has one reply, not two", async () => {
  using connection = openRaw(
    server.url,
    `POST /api/auth/sign-in/email HTTP/1.1\r\n${HEAD}Content-Length: 100000\r\n\r\n`,
  );
  const reply = await trickle(connection, " ");
  expect(refusalIn(reply)).toEqual({ status: 413, code: "body-too-large" });
  expect(reply.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
});

const READERS: Record<string, (question: string) => string> = {
  "/v1/chat/completions": (content) => JSON.stringify({ model: "default", messages: [{ role: "user", content }] }),
  "/v1/chat/completions, streamed": (content) =>
    JSON.stringify({ model: "default", stream: true, messages: [{ role: "user", content }] }),
  "/admin/api/chat/stream": (question) => JSON.stringify({ question }),
};

const requestOf = (name: string, question: string) => {
  const body = READERS[name]?.(question) ?? "";
  const length = Buffer.byteLength(body);
  return `POST ${name.split(",")[0]} HTTP/1.1\r\n${HEAD}Content-Length: ${length}\r\n\r\n${body}`;
};

test.each(Object.keys(READERS))("a reader of %s who takes nothing is left, and its answer is whole", async (name) => {
  const { promise: left, resolve } = Promise.withResolvers<void>();
  const note = (message: unknown) => {
    const { request, socket } = message as { request: IncomingMessage; socket: Socket };
    // The upstream of this test is a server of this process, too.
    if (request.headers.host === "x") socket.once("close", resolve);
  };
  subscribe("http.server.request.start", note);
  using connection = openRaw(server.url, requestOf(name, "a long one"));
  connection.socket.pause();
  await left;
  unsubscribe("http.server.request.start", note);
  await vi.waitFor(() => expect(server.app.activity()).toMatchObject({ running: 0, followed: 0 }), {
    interval: 20,
    timeout: 20_000,
  });
  connection.socket.resume();
  const got = await connection.closed;
  expect(got).toMatch(/^HTTP\/1\.1 200 /);
  expect(got.length).toBeLessThan(LONG.join("").length);
  const answerId = /x-answer-id: (\S+)/i.exec(got)?.[1];
  const kept = await (await server.fetch(`/v1/answers/${answerId}`)).text();
  expect(kept.length).toBeGreaterThan(LONG.join("").length);
});

test.each(Object.keys(READERS))(
  "a reader of %s who waits for a model longer than readers may dawdle is not left",
  async (name) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    using connection = openRaw(server.url, requestOf(name, "a short one"));
    // Three times what a reader may take nothing for; it is the model that takes its time.
    setTimeout(resolve, 3_000);
    await vi.waitFor(() => expect(connection.said()).toContain("short"), { interval: 20, timeout: 15_000 });
    gate = undefined;
  },
);
