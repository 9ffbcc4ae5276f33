import assert from "node:assert/strict";
import { test } from "node:test";
import { UpstreamError } from "../../failures/mod.ts";
import { collectResult } from "../../testing/wire_comparison.ts";
import { cutBytes } from "../../testing/wire_corpus.ts";
import { OpenAiChatProvider } from "../mod.ts";
import { type AnswerReader, BodyReader } from "./mod.ts";

const event = (chunk: unknown) => `data: ${JSON.stringify(chunk)}\n\n`;
const delta = (content: unknown) => ({ choices: [{ index: 0, delta: { content } }] });
const text = (content: string) => event(delta(content));
const FINISH = event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
const LENGTH = event({ choices: [{ index: 0, delta: {}, finish_reason: "length" }] });
const DONE = "data: [DONE]\n\n";

/** Reads a body whole and in small pieces; the result must be the same. */
async function read(body: string, maxChars?: number) {
  const bytes = new TextEncoder().encode(body);
  const results = [];
  for (const size of [Math.max(1, bytes.length), 1, 3, 17]) {
    const pieces = cutBytes(bytes, size);
    const fetch = async () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            const piece = pieces.shift();
            if (piece === undefined) controller.close();
            else controller.enqueue(new Uint8Array(piece));
          },
        }),
      );
    const provider = new OpenAiChatProvider({ name: "p", baseUrl: "http://127.0.0.1", fetch, maxChars });
    const { text, reasoning, finishes, failure, toolCalls } = await collectResult(
      provider.stream(
        { model: "m", messages: [{ role: "user", content: "Hi" }], parameters: {} },
        { signal: new AbortController().signal, timeouts: { connectMs: 1000 } },
      ),
    );
    const { detail: _, ...rest } = failure ?? { code: undefined };
    results.push({ text, reasoning, finish: finishes.map(({ unified }) => unified), failure: rest.code, toolCalls });
  }
  for (const result of results) assert.deepEqual(result, results[0], "the same however the bytes are cut");
  return results[0];
}

const outcome = async (body: string, maxChars?: number) => {
  const result = await read(body, maxChars);
  return [result?.text, result?.finish.join(), result?.failure];
};

test("BodyReader reads a good stream with and without its end mark", async () => {
  assert.deepEqual(await outcome(text("a") + FINISH + DONE), ["a", "stop", undefined]);
  assert.deepEqual(await outcome(text("a") + FINISH), ["a", "stop", undefined]);
  assert.deepEqual(await outcome(text("a") + DONE), ["a", "stop", undefined]);
  assert.deepEqual(await outcome((text("a") + FINISH).trimEnd()), ["a", "stop", undefined], "no blank line at the end");
});

test("BodyReader ends without a finish where there is no end", async () => {
  assert.deepEqual(await outcome(""), ["", "", undefined]);
  assert.deepEqual(await outcome(": ping\n\n: ping\n\n"), ["", "", undefined]);
  assert.deepEqual(await outcome(text("a")), ["a", "", undefined]);
  assert.deepEqual(
    await outcome(`${text("a")}data: {"choices":[{"index":0,"del`),
    ["a", "", undefined],
    "cut in an event",
  );
  assert.deepEqual(
    await outcome('{"choices":[{"index":0,"message":{"content":"a b'),
    ["", "", undefined],
    "cut in JSON",
  );
});

test("BodyReader finds an error wherever an upstream puts it", async () => {
  const error = { message: "Service overloaded", code: 503 };
  const overloaded = (start: string) => [start, "", "overloaded"];
  assert.deepEqual(await outcome(event({ error })), overloaded(""), "first");
  assert.deepEqual(await outcome(text("a") + event({ error })), overloaded("a"), "in the middle");
  assert.deepEqual(await outcome(text("a") + event({ error }) + DONE), overloaded("a"), "before an end mark");
  assert.deepEqual(await outcome(text("a") + event({ error, choices: [] })), overloaded("a"), "with choices");
  assert.deepEqual(
    await outcome(text("a") + event({ choices: [{ index: 0, error, finish_reason: "error" }] })),
    overloaded("a"),
  );
  assert.deepEqual(await outcome(`${text("a")}event: error\n${event({ error })}`), overloaded("a"), "as an event");
  assert.deepEqual(await outcome(`${text("a")}error: ${JSON.stringify(error)}\n`), overloaded("a"), "as a line");
  assert.deepEqual(await outcome(`${text("a")}${JSON.stringify({ error })}\n`), overloaded("a"), "as JSON");
  assert.deepEqual(
    await outcome(`${text("a")}${JSON.stringify({ error })}`),
    overloaded("a"),
    "as JSON without an end of the line",
  );
  assert.deepEqual(
    await outcome(`${text("a")}${JSON.stringify({ error }, null, 2)}`),
    overloaded("a"),
    "as JSON on many lines",
  );
  assert.deepEqual(
    await outcome(`${text("a")}${JSON.stringify([{ error }], null, 2)}\n\n`),
    overloaded("a"),
    "in an array",
  );
  assert.deepEqual(await outcome(JSON.stringify({ error })), overloaded(""), "instead of a stream");
  assert.deepEqual(
    await outcome(JSON.stringify([{ error }], null, 2)),
    overloaded(""),
    "instead of a stream, in an array",
  );
  assert.deepEqual(await outcome(event({ object: "error", ...error })), overloaded(""), "flat");
});

test("BodyReader lets an error be after the model has finished", async () => {
  const error = event({ error: { code: 400, message: "Token limit reached" }, choices: [] });
  assert.deepEqual(await outcome(text("a") + LENGTH + error + DONE), ["a", "length", undefined]);
  assert.deepEqual(await outcome(`${text("a")}${FINISH}error: {"message":"x"}\n\n`), ["a", "stop", undefined]);
});

test("BodyReader does not take text that only mentions an error for one", async () => {
  assert.deepEqual(await outcome(text('error: {"message":"x"}') + FINISH), [
    'error: {"message":"x"}',
    "stop",
    undefined,
  ]);
  assert.deepEqual(await outcome(text("a") + event({ error: null, ...delta("b") }) + FINISH), [
    "ab",
    "stop",
    undefined,
  ]);
});

test("BodyReader skips a malformed event, but not many in a row", async () => {
  const bad = "data: {not json}\n\n";
  assert.deepEqual(await outcome(text("a") + bad + text("b") + bad + bad + text("c") + FINISH), [
    "abc",
    "stop",
    undefined,
  ]);
  assert.deepEqual(await outcome(text("a") + bad.repeat(4) + text("b") + FINISH), ["a", "", "malformed"]);
  const often = (text("a") + bad + bad).repeat(4);
  assert.deepEqual(await outcome(often + FINISH), ["aaaa", "stop", undefined], "many, but few in a row");
  assert.deepEqual(await outcome(bad), ["", "", "malformed"]);
  assert.deepEqual(await outcome(bad + DONE), ["", "", "malformed"]);
});

test("BodyReader refuses what is no answer", async () => {
  assert.deepEqual(await outcome("<html><body>Sign in</body></html>"), ["", "", "malformed"]);
  assert.deepEqual(await outcome("\uFEFF \n<!doctype html>"), ["", "", "malformed"]);
  assert.deepEqual(await outcome("It works!"), ["", "", "malformed"]);
  assert.deepEqual(await outcome("{}"), ["", "", "malformed"]);
  assert.deepEqual(await outcome("[]"), ["", "", "malformed"]);
  assert.deepEqual(await outcome("[1]"), ["", "", "malformed"]);
  assert.deepEqual(await outcome("{not json}"), ["", "", "malformed"]);
});

test("BodyReader refuses an event and an answer beyond the limit", async () => {
  const long = "x".repeat(500);
  assert.deepEqual(await outcome(text("a") + text(long), 200), ["a", "", "malformed"]);
  assert.deepEqual(await outcome(JSON.stringify({ choices: [{ message: { content: long } }] }), 200), [
    "",
    "",
    "malformed",
  ]);
});

test("BodyReader reads JSON in one piece, with blank lines or a byte order mark before it, and one object a line", async () => {
  const message = { role: "assistant", content: "one two" };
  const whole = JSON.stringify({ choices: [{ index: 0, message, finish_reason: "stop" }] });
  assert.deepEqual(await outcome(whole), ["one two", "stop", undefined]);
  assert.deepEqual(await outcome(`\uFEFF\n\n\n  ${whole}\n`), ["one two", "stop", undefined]);
  assert.deepEqual(await outcome(JSON.stringify({ choices: [{ message }] })), ["one two", "stop", undefined]);
  const lines = [delta("a"), delta("b"), { choices: [{ index: 0, finish_reason: "length" }] }];
  assert.deepEqual(await outcome(lines.map((line) => JSON.stringify(line)).join("\n")), ["ab", "length", undefined]);
});

test("BodyReader reads an array of chunks, and what is whole of one that was cut", async () => {
  const length = { choices: [{ index: 0, finish_reason: "length" }] };
  const array = JSON.stringify([delta('a "}'), delta("[b\\"), length], undefined, 2);
  assert.deepEqual(await outcome(array), ['a "}[b\\', "length", undefined]);
  const cut = array.slice(0, array.indexOf("finish_reason"));
  assert.deepEqual(await outcome(cut), ['a "}[b\\', "", undefined]);
  assert.deepEqual(await outcome(array.replaceAll("\n", "").slice(0, -3)), ['a "}[b\\', "", undefined], "on one line");
  assert.deepEqual(await outcome("[1, 2, }"), ["", "", "malformed"]);
});

test("BodyReader gives what was held back when the stream ends or fails", async () => {
  assert.deepEqual(await outcome(text("<thi")), ["<thi", "", undefined]);
  assert.deepEqual(await outcome(text("<thi") + event({ error: { code: 503, message: "x" } })), [
    "<thi",
    "",
    "overloaded",
  ]);
  assert.deepEqual(
    await outcome(text("ab\ud83d") + FINISH),
    ["ab\ufffd", "stop", undefined],
    "half a character at the end",
  );
  assert.deepEqual(
    await outcome(text("ab\ud83d")),
    ["ab", "", undefined],
    "half a character at a cut, which may go on",
  );
});

test("BodyReader reads events that have lost their framing in part", async () => {
  const unframed = (text("a") + text("b") + FINISH + DONE).replaceAll("\n\n", "\n");
  assert.deepEqual(await outcome(unframed), ["ab", "stop", undefined], "no blank lines");
  const cut = `${text("a")}${text("b")}data: {"choices":[{"inde`.replaceAll("\n\n", "\n");
  assert.deepEqual(await outcome(cut), ["ab", "", undefined], "no blank lines, and cut");
  assert.deepEqual(await outcome((text("a") + FINISH).replaceAll("data: ", "data: data: ")), ["a", "stop", undefined]);
  assert.deepEqual(await outcome(`${text("a")}[DONE]\n`), ["a", "stop", undefined], "a bare end mark");
});

test("BodyReader reads numbers that Python writes and JSON does not know", async () => {
  const chunk = '{"choices":[{"index":0,"delta":{"content":"NaN, -Infinity"},"logprobs":[-Infinity, NaN,Infinity]}]}';
  assert.deepEqual(await outcome(`data: ${chunk}\n\n${FINISH}`), ["NaN, -Infinity", "stop", undefined]);
});

test("BodyReader calls an answer malformed over which its dialect stumbles", () => {
  const stumble = () => {
    throw new TypeError("x is not a function");
  };
  const answer: AnswerReader = {
    isFinished: false,
    isAnswer: () => true,
    isEndMark: () => false,
    readChunk: stumble,
    readWhole: stumble,
    readError: stumble,
    end: () => {},
  };
  for (const body of ["data: {}\n\n", "data: {}", "{}", "[{},{}]"]) {
    const readAll = () => {
      const reader = new BodyReader(answer, { maxChars: 1000 });
      reader.push(new TextEncoder().encode(body), []);
      return [...reader.end()];
    };
    const isClear = (error: unknown) => error instanceof UpstreamError && error.failure.code === "malformed";
    assert.throws(readAll, isClear, body);
  }
});
