import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { openRaw } from "./_raw.ts";
import type { TestServer } from "./_server.ts";
import { oneProvider, startServer } from "./_server.ts";
import { overWebSocket, WITH_KEY } from "./_trpc_client.ts";
import type { Upstream } from "./_upstream.ts";
import { startUpstream, streamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

const MEBIBYTE = 2 ** 20;
/** A long answer: each watching of it from the beginning costs as much. */
const LONG = "All work and no play. ".repeat(50_000);

let upstream: Upstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startUpstream(() => streamReply(LONG));
  server = await startServer({
    environment: { COGNIFORGE_REQUEST_TIMEOUT_SECONDS: "2" },
    config: oneProvider(upstream.url),
  });
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

async function open(headers: Record<string, string> = WITH_KEY): Promise<WebSocket> {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/trpc`, { headers });
  socket.on("error", () => {});
  // As the official client: the server's keep-alive wants a word back.
  socket.on("message", (data) => {
    if (String(data) === "PING") socket.send("PONG");
  });
  await once(socket, "open");
  return socket;
}

const call = (id: number, method: string, path: string, input?: unknown) =>
  JSON.stringify({ id, jsonrpc: "2.0", method, params: { path, input } });

const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.once("close", resolve));

async function startLong(): Promise<string> {
  using socket = overWebSocket(server.url);
  const { answerId } = await socket.client.answers.start.mutate({ question: "Q" });
  await vi.waitFor(() => expect(server.app.activity().running).toBe(0), { timeout: 20_000, interval: 20 });
  return answerId;
}

async function isAlive(): Promise<void> {
  expect((await server.fetch("/healthz")).status).toBe(200);
}

test("a socket that reads nothing, and asks for a long answer again and again, is cut before it fills the memory", async () => {
  const answerId = await startLong();
  const before = process.memoryUsage().rss;
  const socket = await open();
  const left = closed(socket);
  // The kernel's buffers fill, then the server's.
  socket.pause();
  for (let id = 0; id < 150; id++) socket.send(call(id, "subscription", "answers.watch", { answerId }));
  await vi.waitFor(() => expect(server.app.activity().followed).toBe(0), { interval: 20, timeout: 20_000 });
  await isAlive();
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * MEBIBYTE);
  socket.resume();
  expect(await left).toBe(1006);
});

test("a socket that answers no pings is let go of, whether or not it ever said who it is", async () => {
  const handshake =
    "GET /trpc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  using connection = openRaw(server.url, handshake);
  expect(await connection.closed).toMatch(/^HTTP\/1\.1 101 /);
});

test("a socket that is nobody's is closed after a while, one with a key is not", async () => {
  const nobody = await open({});
  const wrong = await open({ authorization: "Bearer wrong" });
  const known = await open();
  expect(await Promise.all([closed(nobody), closed(wrong)])).toEqual([1008, 1008]);
  expect(known.readyState).toBe(WebSocket.OPEN);
  known.terminate();
});

describe("floods", () => {
  const FLOODS: [name: string, send: (socket: WebSocket, id: number) => void][] = [
    ["pings", (socket) => socket.ping("x".repeat(100))],
    ["messages", (socket, id) => socket.send(call(id, "query", "system.status"))],
    ["words that mean nothing", (socket) => socket.send("PONG")],
    ["garbage", (socket) => socket.send("{")],
  ];
  for (const [name, send] of FLOODS) {
    test(`a flood of ${name} ends the socket, and nobody else notices`, async () => {
      const socket = await open();
      const left = closed(socket);
      for (let id = 0; id < 5_000 && socket.readyState === WebSocket.OPEN; id++) send(socket, id);
      expect([1006, 1008]).toContain(await left);
      await isAlive();
    });
  }
});

test("a message that is too large ends the socket, in one piece and in fragments", async () => {
  const whole = await open();
  const wholeLeft = closed(whole);
  whole.send("x".repeat(5 * MEBIBYTE));
  expect(await wholeLeft).toBe(1009);
  const pieces = await open();
  const piecesLeft = closed(pieces);
  for (let at = 0; at < 6 && pieces.readyState === WebSocket.OPEN; at++)
    pieces.send("x".repeat(MEBIBYTE), { fin: false });
  expect(await piecesLeft).toBe(1009);
  const crumbs = await open();
  const crumbsLeft = closed(crumbs);
  for (let at = 0; at < 40_000 && crumbs.readyState === WebSocket.OPEN; at++) crumbs.send("x", { fin: false });
  expect([1006, 1008]).toContain(await crumbsLeft);
  await isAlive();
});

test("the two hundred and first subscription of a socket is refused, and there is room again when others end", async () => {
  const socket = await open();
  const refused: { id: number; code: string }[] = [];
  const stopped = new Set<number>();
  socket.on("message", (data) => {
    if (String(data) === "PING") return;
    const { id, error, result } = JSON.parse(String(data));
    if (error) refused.push({ id, code: error.data.failure.code });
    if (result?.type === "stopped") stopped.add(id);
  });
  for (let id = 1; id <= 201; id++) socket.send(call(id, "subscription", "metrics.live"));
  await vi.waitFor(() => expect(refused).toEqual([{ id: 201, code: "too-many-requests" }]), { interval: 5 });
  for (let id = 1; id <= 2; id++) socket.send(JSON.stringify({ id, jsonrpc: "2.0", method: "subscription.stop" }));
  await vi.waitFor(() => expect(stopped).toEqual(new Set([1, 2])), { interval: 5 });
  for (let id = 301; id <= 303; id++) socket.send(call(id, "subscription", "metrics.live"));
  await vi.waitFor(() => expect(refused.map(({ id }) => id)).toEqual([201, 303]), { interval: 5 });
  socket.terminate();
});

test("input that is nested without end is refused on a socket too", async () => {
  const socket = await open();
  const reply = new Promise<string>((resolve) => socket.once("message", (data) => resolve(String(data))));
  const nested = "[".repeat(100_000) + "]".repeat(100_000);
  socket.send(
    `{"id":1,"method":"mutation","params":{"path":"answers.start","input":{"question":"Q","parameters":{"x":${nested}}}}}`,
  );
  expect(JSON.parse(await reply).error.data.failure.code).toBe("invalid-json");
  socket.terminate();
});
