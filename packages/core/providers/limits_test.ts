import assert from "node:assert/strict";
import { test } from "node:test";
import { DIALECTS } from "../testing/dialects.ts";
import { collectResult } from "../testing/wire_comparison.ts";
import type { ProviderPart } from "./mod.ts";

const MAX_CHARS = 64 * 1024;
/** Where an upstream gives up that nobody has stopped. */
const GIVES_UP_BYTES = 16 * 1024 * 1024;
const encoder = new TextEncoder();

/** Calls a dialect whose upstream says the first piece once and then the other without end. */
async function hearEndless(dialect: string, first: string, again: string, givesUpBytes = GIVES_UP_BYTES) {
  const makeProvider = DIALECTS[dialect];
  assert.ok(makeProvider);
  const piece = encoder.encode(again.repeat(Math.max(1, Math.floor(1024 / again.length))));
  let taken = 0;
  let isCancelled = false;
  const fetch = async () =>
    new Response(
      new ReadableStream<Uint8Array<ArrayBuffer>>(
        {
          start: (controller) => controller.enqueue(encoder.encode(first)),
          pull(controller) {
            taken += piece.length;
            if (taken > givesUpBytes) controller.close();
            else controller.enqueue(new Uint8Array(piece));
          },
          cancel() {
            isCancelled = true;
          },
        },
        { highWaterMark: 0 },
      ),
    );
  const provider = makeProvider({
    name: "p",
    baseUrl: "http://127.0.0.1:1/v1",
    fetch,
    now: Date.now,
    maxChars: MAX_CHARS,
  });
  const result = await collectResult(
    provider.stream(
      { model: "m", messages: [{ role: "user", content: "?" }], parameters: {} },
      { signal: new AbortController().signal, timeouts: { connectMs: 1000 } },
    ),
  );
  return { ...result, taken, isCancelled };
}

/** Bodies that begin and never get to a whole event. */
const ENDLESS: Readonly<Record<string, [first: string, again: string]>> = {
  "a line": ["data: ", "x"],
  "a line that is no field": ["hello", "x"],
  "a comment": [": ", "x"],
  "an event's lines": ["", "data: x\n"],
  "an event's id": ["id: ", "1"],
  blanks: ["", " \n\t\r"],
  "lines that are no event": ["", "hello\n"],
  "a JSON string": ['{"a":"', "x"],
  "a JSON array": ["[1", ",1"],
  "JSON without an end": ["", '{"a":'],
  "an HTML page": ["<html>", "<p>x</p>\n"],
};

for (const dialect of Object.keys(DIALECTS)) {
  test(`${dialect} gives up an upstream that sends something without end, soon and clearly`, async () => {
    for (const [what, [first, again]] of Object.entries(ENDLESS)) {
      const { failure, taken, isCancelled, text } = await hearEndless(dialect, first, again);
      assert.deepEqual([failure?.code, failure?.action, text], ["malformed", "fallback", ""], what);
      // Each line of an event counts without its field name.
      assert.ok(taken <= MAX_CHARS * (again === "data: x\n" ? 5 : 2), `${what}: ${taken} bytes were taken`);
      assert.ok(isCancelled, `${what}: the body is cancelled`);
    }
  });
}

const chunk = (delta: unknown) => `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`;

test("OpenAiChatProvider gives up an answer that grows without end, and keeps what it said", async () => {
  for (const field of ["content", "reasoning_content"]) {
    const { failure, text, reasoning, taken } = await hearEndless("openai-chat", "", chunk({ [field]: "word " }));
    assert.equal(failure?.code, "malformed");
    const said = `${text}${reasoning}`.length;
    assert.ok(said >= MAX_CHARS && said < MAX_CHARS * 1.1, `${said} characters`);
    assert.ok(taken < MAX_CHARS * 20, `${taken} bytes were taken`);
  }
});

test("OpenAiChatProvider gives up arguments of a call, and chunks without words, that come without end", async () => {
  const call = { tool_calls: [{ index: 0, id: "1", function: { name: "f", arguments: "x" } }] };
  for (const delta of [call, {}, { reasoning_details: [{ type: "reasoning.encrypted", data: "x" }] }]) {
    const { failure, batches, taken } = await hearEndless("openai-chat", "", chunk(delta));
    assert.equal(failure?.code, "malformed");
    assert.ok(taken < MAX_CHARS * 12, `${taken} bytes were taken`);
    assert.ok(!batches.flat().some(({ type }) => type === "tool-call"));
  }
});

test("OpenAiChatProvider passes on signs of life without end, and holds none of them", async () => {
  for (const again of [": ping\n\n", ":\n", "\n", "retry: 1\n", "event: ping\n\n"]) {
    const { failure, batches, finishes } = await hearEndless(
      "openai-chat",
      chunk({ content: "a" }),
      again,
      MAX_CHARS * 8,
    );
    const types = new Set(batches.flat().map(({ type }: ProviderPart) => type));
    // Limits of time are the engine's: here the upstream itself gave up.
    assert.deepEqual([failure, finishes, [...types]], [undefined, [], ["headers", "text", "alive"]], again);
  }
});
