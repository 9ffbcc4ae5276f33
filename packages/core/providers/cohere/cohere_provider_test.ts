import assert from "node:assert/strict";
import { test } from "node:test";
import { httpSubjects } from "../../testing/http_subjects.ts";
import { startUpstream } from "../../testing/upstream.ts";
import { collectResult } from "../../testing/wire_comparison.ts";
import { providerConformance } from "../conformance.ts";
import { CohereProvider } from "./mod.ts";

const event = (body: unknown) => `data: ${JSON.stringify(body)}\n\n`;
const text = (piece: string) =>
  event({ type: "content-delta", index: 0, delta: { message: { content: { text: piece } } } });
const END = event({ type: "message-end", delta: { finish_reason: "COMPLETE" } });
const FAIL = event({ type: "message-end", delta: { finish_reason: "ERROR", error: "internal server error" } });

const subjects = httpSubjects({
  makeProvider: (url) => new CohereProvider({ name: "socket", baseUrl: `${url}/v2` }),
  say: text,
  finish: END,
  fail: FAIL,
});
for (const { name, run } of providerConformance("CohereProvider over a socket", subjects)) test(name, run);

test("CohereProvider posts the request to the chat endpoint with a bearer key", async () => {
  const upstream = await startUpstream(({ response }) => response.end(text("نعم") + END));
  const provider = new CohereProvider({ name: "p", baseUrl: `${upstream.url}/v2/`, apiKey: "co-test" });
  const result = await collectResult(
    provider.stream(
      { model: "command", messages: [{ role: "user", content: "?" }], parameters: { top_p: 0.5 } },
      { signal: new AbortController().signal, timeouts: { connectMs: 1000 } },
    ),
  );
  const [exchange] = upstream.exchanges;
  await upstream.close();
  assert.deepEqual([result.text, result.finishes], ["نعم", [{ unified: "stop", raw: "COMPLETE" }]]);
  const { method, url, headers } = exchange?.request ?? {};
  assert.deepEqual([method, url, headers?.authorization], ["POST", "/v2/chat", "Bearer co-test"]);
  assert.equal(JSON.parse(exchange?.body ?? "").p, 0.5);
});
