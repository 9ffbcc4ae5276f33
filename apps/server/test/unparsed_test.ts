import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { startServer } from "./_server.ts";

/** Sends bytes as they are, and gives the whole reply. */
async function exchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.setEncoding("utf8");
  let reply = "";
  socket.on("data", (data) => {
    reply += data;
  });
  socket.on("error", () => {});
  socket.write(bytes);
  await once(socket, "close");
  return reply;
}

test("what is no HTTP request, or has an endless head, is refused in both languages, and the server lives on", async () => {
  await using server = await startServer({ environment: { ALLOW_MOCK_LLM: "true" } });
  const port = Number(new URL(server.url).port);
  const garbage = await exchange(port, "NOT HTTP AT ALL\r\n\r\n");
  expect(garbage).toMatch(/^HTTP\/1\.1 400 /);
  expect(garbage).toMatch(/"ar":"[^"]*[\u0600-\u06ff]/);
  const endless = await exchange(port, `GET /?${"a".repeat(1_100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
  expect(endless).toMatch(/^HTTP\/1\.1 431 /);
  expect(endless).toContain('"code":"body-too-large"');
  expect((await server.fetch("/healthz")).status).toBe(200);
});

test("a question of 200,000 characters in the address is refused for its length", async () => {
  await using server = await startServer({ environment: { ALLOW_MOCK_LLM: "true" } });
  for (const [letter, length] of [
    ["a", 200_000],
    ["س", 150_000],
  ] as const) {
    const question = encodeURIComponent(letter.repeat(length));
    const response = await server.fetch(`/admin/api/chat/stream?question=${question}`);
    expect(response.status).toBe(413);
    expect((await response.json()).failure.code).toBe("question-too-long");
  }
});
