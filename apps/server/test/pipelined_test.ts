import { connect } from "node:net";
import { expect, test } from "vitest";
import { KEY, startServer } from "./_server.ts";

test("two streams that are asked for at once on one connection come whole, one after the other", async () => {
  const text = "نص كامل with 👩‍🚀 ".repeat(50);
  await using server = await startServer({ config: { providers: { first: { dialect: "mock", text, paceMs: 0 } } } });
  const body = JSON.stringify({ model: "default", stream: true, messages: [{ role: "user", content: "Q" }] });
  const request = [
    "POST /v1/chat/completions HTTP/1.1",
    "host: localhost",
    `authorization: Bearer ${KEY}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ].join("\r\n");
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.write(request + request);
  const received: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on("data", (bytes: Buffer) => {
    received.push(bytes);
    if (Buffer.concat(received).toString("latin1").split("\r\n0\r\n\r\n").length > 2) resolve();
  });
  await promise;
  socket.destroy();
  const replies = Buffer.concat(received).toString().split("\r\n0\r\n\r\n");
  expect(replies.at(-1)).toBe("");
  // What is left over of one reply would be taken for the next one's head.
  for (const reply of replies.slice(0, 2)) expect(reply).toMatch(/^HTTP\/1\.1 200 /);
  const texts = replies
    .slice(0, 2)
    .map((reply) =>
      [...reply.matchAll(/^data: (\{.*\})\r?$/gm)]
        .map(([, json = ""]) => JSON.parse(json).choices[0]?.delta.content ?? "")
        .join(""),
    );
  expect(texts).toEqual([text, text]);
});
