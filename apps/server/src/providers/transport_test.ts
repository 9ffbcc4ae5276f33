import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { UpstreamResponse } from "@cogniforge/core/providers";
import { expect, onTestFinished, test } from "vitest";
import type { Transport } from "./transport.ts";
import { createTransport } from "./transport.ts";

type Answer = (response: ServerResponse, request: IncomingMessage) => unknown;

async function setUp(answer: Answer): Promise<{ url: string; transport: Transport; sockets: Set<unknown> }> {
  const sockets = new Set<unknown>();
  const server = createServer((request, response) => void answer(response, request));
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const transport = createTransport();
  onTestFinished(async () => {
    await transport.close();
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/x?api-version=2`, transport, sockets };
}

async function textOf(response: UpstreamResponse): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const read = await reader?.read();
    if (read === undefined || read.done) return text + decoder.decode();
    text += decoder.decode(read.value, { stream: true });
  }
}

test("Transport sends the address with its query, the headers and the body, and gives the head and the body", async () => {
  const seen: unknown[] = [];
  const { url, transport } = await setUp(async (response, request) => {
    const body = await request.reduce((all: string, piece: Buffer) => all + piece.toString(), "");
    seen.push(request.method, request.url, request.headers["x-own"], body);
    response.writeHead(429, { "retry-after": "7", "set-cookie": ["a=1", "b=2"] }).end("العربية");
  });
  const response = await transport.fetch(url, { method: "POST", headers: new Headers({ "x-own": "1" }), body: "{}" });
  expect(seen).toEqual(["POST", "/v1/x?api-version=2", "1", "{}"]);
  expect([response.status, response.ok, response.headers.get("retry-after")]).toEqual([429, false, "7"]);
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await textOf(response)).toBe("العربية");
});

test("Transport uses a connection again once its body was read", async () => {
  const { url, transport, sockets } = await setUp((response) => response.end("x"));
  for (let call = 0; call < 5; call++) await textOf(await transport.fetch(url, { method: "POST", body: "{}" }));
  // The end of a body is told before its connection is free: the next call may open one more.
  expect(sockets.size).toBeLessThanOrEqual(2);
});

test.each([
  ["gzip", gzipSync],
  ["x-gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
])("Transport undoes %s, which it never asks for", async (coding, compress) => {
  const text = "data: مرحبًا\n\n".repeat(20_000);
  const { url, transport } = await setUp((response, request) => {
    expect(request.headers["accept-encoding"]).toBeUndefined();
    response.writeHead(200, { "content-encoding": coding }).end(compress(text));
  });
  expect(await textOf(await transport.fetch(url, { method: "POST", body: "{}" }))).toBe(text);
});

test("Transport ends a call that waits for its head when it is aborted", async () => {
  const { url, transport } = await setUp(() => {});
  const abort = new AbortController();
  const calling = transport.fetch(url, { method: "POST", body: "{}", signal: abort.signal });
  abort.abort(new Error("enough"));
  await expect(calling).rejects.toThrow("enough");
});

test("Transport ends a body's read with done when it is cancelled, and lets the connection go", async () => {
  const gone = Promise.withResolvers<void>();
  const { url, transport } = await setUp((response) => {
    response.on("close", () => gone.resolve());
    response.write("data: 1\n\n");
  });
  const response = await transport.fetch(url, { method: "POST", body: "{}" });
  const reader = response.body?.getReader();
  await reader?.read();
  const reading = reader?.read();
  await reader?.cancel();
  expect((await reading)?.done).toBe(true);
  await gone.promise;
});

test("Transport tells a body that broke off after giving what had come", async () => {
  const { url, transport } = await setUp((response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("data: 1\n\n", () => response.socket?.destroySoon());
  });
  const reader = (await transport.fetch(url, { method: "POST", body: "{}" })).body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("data: 1\n\n");
  await expect(reader?.read()).rejects.toThrow();
});

test("Transport holds the upstream back while nobody reads", async () => {
  const TOTAL = 64 * 1024 * 1024;
  let sent = 0;
  const { url, transport } = await setUp(async (response, request) => {
    if (request.method === "GET") return void response.end();
    const piece = Buffer.alloc(64 * 1024, 120);
    for (; sent < TOTAL; sent += piece.length) {
      if (!response.write(piece)) await once(response, "drain");
    }
    response.end();
  });
  const response = await transport.fetch(url, { method: "POST", body: "{}" });
  // Meanwhile others are served, in more turns than the whole body would take.
  for (let call = 0; call < 50; call++) await textOf(await transport.fetch(url, { method: "GET" }));
  expect(sent).toBeLessThan(TOTAL / 2);
  let read = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const next = await reader?.read();
    if (next === undefined || next.done) break;
    read += next.value.length;
  }
  expect(read).toBe(TOTAL);
});
