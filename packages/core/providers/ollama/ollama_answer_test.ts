import assert from "node:assert/strict";
import { test } from "node:test";
import { collectResult } from "../../testing/wire_comparison.ts";
import { cutBytes } from "../../testing/wire_corpus.ts";
import { BodyReader } from "../http/mod.ts";
import { OllamaProvider } from "../mod.ts";
import { OllamaAnswer } from "./ollama_answer.ts";

const line = (value: unknown) => `${JSON.stringify(value)}\n`;
const say = (message: object, rest: object = {}) => line({ model: "m", message, done: false, ...rest });
const text = (content: string) => say({ role: "assistant", content });
const done = (rest: object = {}) =>
  line({ model: "m", message: { role: "assistant", content: "" }, done: true, done_reason: "stop", ...rest });

const REQUEST = { model: "m", messages: [{ role: "user" as const, content: "Hi" }], parameters: {} };
const context = () => ({ signal: new AbortController().signal, timeouts: { connectMs: 1000 } });

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
    const provider = new OllamaProvider({ name: "p", baseUrl: "http://127.0.0.1/api", fetch, maxChars });
    const result = await collectResult(provider.stream(REQUEST, context()));
    const { text, reasoning, finishes, failure, toolCalls, usage } = result;
    results.push({
      text,
      reasoning,
      finish: finishes.map(({ unified, raw }) => `${unified} ${raw ?? "-"}`).join(),
      failure: failure?.code,
      toolCalls: toolCalls.map(({ name, arguments: own }) => `${name} ${own}`),
      usage,
    });
  }
  for (const result of results) assert.deepEqual(result, results[0], "the same however the bytes are cut");
  return results[0];
}

const outcome = async (body: string, maxChars?: number) => {
  const result = await read(body, maxChars);
  return [result?.text, result?.finish, result?.failure];
};

test("OllamaProvider gives one batch for each read, so that a line is released as it comes", async () => {
  const pieces = [text("a") + text("b"), text("c").slice(0, 20), text("c").slice(20), done()];
  const encoder = new TextEncoder();
  const fetch = async () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          const piece = pieces.shift();
          if (piece === undefined) controller.close();
          else controller.enqueue(encoder.encode(piece));
        },
      }),
    );
  const provider = new OllamaProvider({ name: "p", baseUrl: "http://127.0.0.1/api", fetch });
  const { batches } = await collectResult(provider.stream(REQUEST, context()));
  assert.deepEqual(batches, [
    [{ type: "headers" }],
    [
      { type: "model", model: "m" },
      { type: "text", text: "a" },
      { type: "text", text: "b" },
    ],
    [{ type: "alive" }],
    [{ type: "text", text: "c" }],
    [{ type: "finish", reason: { unified: "stop", raw: "stop" } }],
  ]);
});

test("OllamaProvider ends at the line that says done, although the connection stays open", async () => {
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(text("a") + done() + text("late"))),
  });
  const provider = new OllamaProvider({
    name: "p",
    baseUrl: "http://127.0.0.1/api",
    fetch: async () => new Response(body),
  });
  const { text: said, finishes } = await collectResult(provider.stream(REQUEST, context()));
  assert.deepEqual([said, finishes.length], ["a", 1]);
});

test("OllamaAnswer is at its end with the line that says done, so that nobody waits for more", () => {
  const answer = new OllamaAnswer({ headers: new Headers(), now: () => 0 });
  const reader = new BodyReader(answer, { maxChars: 1000, framing: "lines" });
  reader.push(new TextEncoder().encode(text("a")), []);
  assert.equal(reader.isDone, false);
  reader.push(new TextEncoder().encode(done().trim()), []);
  assert.equal(reader.isDone, true);
});

test("OllamaProvider keeps thinking apart, in its own field and between tags", async () => {
  const thinking = await read(say({ thinking: "hm" }) + say({ content: "", thinking: "…" }) + text("yes") + done());
  assert.deepEqual([thinking?.reasoning, thinking?.text], ["hm…", "yes"]);
  const tags = await read(text("<thi") + text("nk>\nhm</th") + text("ink>\n\nyes") + done());
  assert.deepEqual([tags?.reasoning, tags?.text], ["hm", "yes"]);
  const open = await read(line({ message: { content: "<think> is a tag" }, done: true, done_reason: "stop" }));
  assert.deepEqual([open?.reasoning, open?.text], ["", "<think> is a tag"], "an answer in one piece, never closed");
});

test("OllamaProvider delivers whole calls with the finish, whose reason says stop", async () => {
  const call = (name: string, own: unknown) => ({ function: { name, arguments: own } });
  const result = await read(
    say({ tool_calls: [call("f", { x: 1 })] }) +
      say({ tool_calls: [call("f", { x: 1 }), call("g", null), call("h", '{"y":2}'), call("bad", "{")] }) +
      done(),
  );
  assert.deepEqual(result?.toolCalls, ['f {"x":1}', 'f {"x":1}', "g {}", 'h {"y":2}']);
  assert.equal(result?.finish, "tool-calls stop");
  const cut = await read(say({ tool_calls: [call("f", {})] }));
  assert.deepEqual([cut?.toolCalls, cut?.finish], [[], ""], "nothing of a stream that was cut");
});

test("OllamaProvider gives every call an id of its own, or keeps the one it has", async () => {
  const calls = [{ function: { name: "f", arguments: {} } }, { id: "call_7", function: { name: "f", arguments: {} } }];
  const fetch = async () => new Response(say({ tool_calls: [...calls, calls[0]] }) + done());
  const provider = new OllamaProvider({ name: "p", baseUrl: "http://127.0.0.1/api", fetch });
  const { toolCalls } = await collectResult(provider.stream(REQUEST, context()));
  const ids = toolCalls.map(({ id }) => id);
  assert.deepEqual([ids.length, new Set(ids).size, ids[1]], [3, 3, "call_7"]);
});

test("OllamaProvider hands on the tokens of the text", async () => {
  const token = { token: "a", logprob: -0.1, bytes: [97], top_logprobs: [] };
  const fetch = async () => new Response(say({ content: "a" }, { logprobs: [token] }) + done());
  const provider = new OllamaProvider({ name: "p", baseUrl: "http://127.0.0.1/api", fetch });
  const { batches } = await collectResult(provider.stream(REQUEST, context()));
  const texts = batches.flat().filter(({ type }) => type === "text");
  assert.deepEqual(texts, [{ type: "text", text: "a", logprobs: [token] }]);
});

test("OllamaProvider maps the reason, and takes an old server's missing one for a stop", async () => {
  assert.deepEqual(await outcome(text("a") + done({ done_reason: "length" })), ["a", "length length", undefined]);
  assert.deepEqual(await outcome(done({ done_reason: "load" })), ["", "other load", undefined]);
  assert.deepEqual(await outcome(text("a") + done({ done_reason: undefined })), ["a", "stop -", undefined]);
});

test("OllamaProvider leaves unknown what an old server does not count", async () => {
  assert.deepEqual((await read(text("a") + done({ eval_count: 3 })))?.usage, { outputTokens: 3 });
  assert.equal((await read(text("a") + done()))?.usage, undefined);
});

test("OllamaProvider finds an error wherever it stands", async () => {
  const error = { error: "llama runner process has terminated" };
  assert.deepEqual(await outcome(line(error)), ["", "", "server-error"]);
  assert.deepEqual(await outcome(text("a") + line(error)), ["a", "", "server-error"]);
  assert.deepEqual(await outcome(text("a") + line(error) + done()), ["a", "", "server-error"]);
  assert.deepEqual(await outcome(`${text("a").slice(0, 40)}\n${line(error)}`), ["", "", "server-error"], "after a cut");
  assert.deepEqual(await outcome(text("a") + line({ error: { message: "slow", code: 429 } })), ["a", "", "rate-limit"]);
  assert.deepEqual(await outcome(text("a") + done() + line(error)), ["a", "stop stop", undefined], "after the end");
});

test("OllamaProvider ends without a finish where nothing says done", async () => {
  assert.deepEqual(await outcome(text("a")), ["a", "", undefined]);
  assert.deepEqual(await outcome(`${text("a")}{"model":"m","mess`), ["a", "", undefined]);
  assert.deepEqual(await outcome(`${text("a")}[DONE]\n`), ["a", "", undefined]);
  assert.deepEqual(await outcome(`${text("a")}upstream error: read ECONNRESET`), ["a", "", undefined]);
});

test("OllamaProvider reads what a proxy has framed anew", async () => {
  assert.deepEqual(await outcome(`data: ${text("a")}\ndata: ${done()}\n`), ["a", "stop stop", undefined]);
  assert.deepEqual(await outcome(`${text("a")}data: ${text("b")}${done()}`), ["ab", "stop stop", undefined]);
  assert.deepEqual(await outcome(`[${text("a").trim()},${done().trim()}]`), ["a", "stop stop", undefined]);
  const pretty = JSON.stringify({ message: { content: "a\n}" }, done: true, done_reason: "stop" }, null, 2);
  assert.deepEqual(await outcome(pretty), ["a\n}", "stop stop", undefined]);
});

test("OllamaProvider says what is no answer at all", async () => {
  assert.deepEqual(await outcome("<html>Sign in</html>"), ["", "", "malformed"]);
  assert.deepEqual(await outcome('{"hello":1}\n'), ["", "", "malformed"]);
  assert.deepEqual(await outcome("Ollama is running"), ["", "", "malformed"]);
  assert.deepEqual(await outcome("{a}\n".repeat(5)), ["", "", "malformed"]);
  assert.deepEqual(await outcome(text("x".repeat(2000)) + done(), 1000), ["", "", "malformed"], "beyond the limit");
});
