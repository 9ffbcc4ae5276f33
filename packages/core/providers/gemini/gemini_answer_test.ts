import assert from "node:assert/strict";
import { test } from "node:test";
import { UpstreamError } from "../../failures/mod.ts";
import type { ProviderPart } from "../provider.ts";
import { GeminiAnswer } from "./gemini_answer.ts";

type Fields = Record<string, unknown>;

const newAnswer = () => new GeminiAnswer({ headers: new Headers(), now: () => 0 });

function read(...chunks: Fields[]): ProviderPart[] {
  const answer = newAnswer();
  const parts: ProviderPart[] = [];
  for (const chunk of chunks) answer.readChunk(chunk, parts);
  answer.end(false, parts);
  return parts;
}

const says = (parts: Fields[], rest: Fields = {}) => ({ candidates: [{ content: { role: "model", parts }, ...rest }] });
const STOP = { candidates: [{ finishReason: "STOP" }] };
const finish = (unified: string, raw?: string) => ({
  type: "finish",
  reason: { unified, ...(raw !== undefined && { raw }) },
});
const callsOf = (parts: readonly ProviderPart[]) => parts.filter((part) => part.type === "tool-call");

test("GeminiAnswer goes on after a finish reason, and finishes once", () => {
  assert.deepEqual(
    read(says([{ text: "a" }], { finishReason: "STOP" }), says([{ text: "b" }], { finishReason: "MAX_TOKENS" }), {
      usageMetadata: { promptTokenCount: 3 },
    }),
    [
      { type: "text", text: "a" },
      { type: "text", text: "b" },
      { type: "usage", usage: { inputTokens: 3 } },
      finish("length", "MAX_TOKENS"),
    ],
  );
});

test("GeminiAnswer takes an error after a finish reason for one, and finishes no more", () => {
  const answer = newAnswer();
  const parts: ProviderPart[] = [];
  answer.readChunk(says([{ text: "a" }], { finishReason: "STOP" }), parts);
  assert.ok(answer.isFinished);
  const error = { error: { code: 503, status: "UNAVAILABLE", message: "Overloaded" } };
  assert.throws(
    () => answer.readChunk(error, parts),
    (thrown) => thrown instanceof UpstreamError && thrown.failure.code === "overloaded",
  );
  assert.equal(answer.isFinished, false);
  answer.end(false, parts);
  assert.deepEqual(parts, [{ type: "text", text: "a" }]);
});

test("GeminiAnswer says nothing of an end where no finish reason came", () => {
  assert.deepEqual(read(says([{ text: "a" }])), [{ type: "text", text: "a" }]);
  assert.deepEqual(read(says([{ text: "a" }], { finishReason: "FINISH_REASON_UNSPECIFIED" })), [
    { type: "text", text: "a" },
  ]);
  assert.deepEqual(read(says([{ functionCall: { name: "f", args: {} } }])), [{ type: "progress" }]);
});

test("GeminiAnswer takes a whole answer for finished, whether it says so or not", () => {
  const parts: ProviderPart[] = [];
  const answer = newAnswer();
  answer.readWhole(says([{ text: "a" }]), parts);
  answer.end(false, parts);
  assert.deepEqual(parts, [{ type: "text", text: "a" }, finish("stop")]);
});

test("GeminiAnswer maps finish reasons, given as words or as Vertex's numbers", () => {
  const reasons = {
    stop: ["STOP", 1],
    length: ["MAX_TOKENS", 2],
    "content-filter": [
      "SAFETY",
      3,
      "RECITATION",
      4,
      "BLOCKLIST",
      6,
      "PROHIBITED_CONTENT",
      7,
      "SPII",
      8,
      "MODEL_ARMOR",
      10,
    ],
    other: ["OTHER", 5, "LANGUAGE", "TOO_MANY_TOOL_CALLS", "UNEXPECTED_TOOL_CALL", 15, "SOMETHING_NEW", 99],
  };
  for (const [unified, words] of Object.entries(reasons)) {
    for (const word of words) {
      const [part] = read({ candidates: [{ finishReason: word }] });
      assert.equal(part?.type === "finish" && part.reason.unified, unified, String(word));
    }
  }
  assert.deepEqual(read({ candidates: [{ finishReason: 3 }] }), [finish("content-filter", "SAFETY")]);
});

test("GeminiAnswer throws for a finish reason that is a failure, after what came before it", () => {
  for (const [word, code, action] of [
    ["MALFORMED_FUNCTION_CALL", "invalid-tool-call", "retry"],
    [9, "invalid-tool-call", "retry"],
    ["MALFORMED_RESPONSE", "malformed", "retry"],
    ["MISSING_THOUGHT_SIGNATURE", "invalid-request", "fallback"],
  ]) {
    const parts: ProviderPart[] = [];
    const answer = newAnswer();
    assert.throws(
      () => answer.readChunk(says([{ text: "a" }], { finishReason: word, finishMessage: "Why" }), parts),
      (thrown) =>
        thrown instanceof UpstreamError &&
        thrown.failure.code === code &&
        thrown.failure.action === action &&
        thrown.failure.detail?.endsWith(": Why") === true,
    );
    answer.end(false, parts);
    assert.deepEqual(parts, [{ type: "text", text: "a" }]);
  }
});

test("GeminiAnswer refuses a blocked prompt as the content filter's verdict", () => {
  for (const blockReason of ["SAFETY", "PROHIBITED_CONTENT", "SOMETHING_NEW", 1]) {
    assert.throws(
      () => read({ promptFeedback: { blockReason, blockReasonMessage: "No" }, usageMetadata: {} }),
      (thrown) =>
        thrown instanceof UpstreamError && thrown.failure.code === "content-filter" && thrown.failure.action === "tell",
    );
  }
  const harmless = { promptFeedback: { blockReason: "BLOCK_REASON_UNSPECIFIED", safetyRatings: [] } };
  assert.deepEqual(read({ ...harmless, ...STOP }, { promptFeedback: {} }), [finish("stop", "STOP")]);
});

test("GeminiAnswer tells thoughts from text", () => {
  const parts = [{ text: "hm", thought: true }, { text: "" }, { text: "a" }, { text: "b", thought: false }];
  assert.deepEqual(read(says(parts), STOP), [
    { type: "reasoning", text: "hm" },
    { type: "text", text: "a" },
    { type: "text", text: "b" },
    finish("stop", "STOP"),
  ]);
});

test("GeminiAnswer joins a character that was cut in two", () => {
  assert.deepEqual(read(says([{ text: "a\ud83d" }]), says([{ text: "\ude00b" }]), STOP), [
    { type: "text", text: "a" },
    { type: "text", text: "😀b" },
    finish("stop", "STOP"),
  ]);
});

test("GeminiAnswer takes what has no place in a text as progress", () => {
  const parts = [
    { executableCode: { language: "PYTHON", code: "1" } },
    { codeExecutionResult: { outcome: "OUTCOME_OK", output: "1" } },
    { inlineData: { mimeType: "image/png", data: "AAAA" } },
    { toolCall: { toolType: "GOOGLE_SEARCH_WEB" } },
  ];
  assert.deepEqual(read(says(parts), STOP), [{ type: "progress" }, finish("stop", "STOP")]);
});

test("GeminiAnswer reads candidate 0 alone", () => {
  const one = (index: number | undefined, text: string, finishReason?: string) => ({
    ...(index !== undefined && { index }),
    content: { parts: [{ text }] },
    ...(finishReason !== undefined && { finishReason }),
  });
  assert.deepEqual(
    read(
      { candidates: [one(1, "x", "SAFETY"), one(0, "a")] },
      { candidates: [one(1, "y")] },
      { candidates: [one(undefined, "b", "STOP"), one(1, "z")] },
    ),
    [{ type: "text", text: "a" }, { type: "text", text: "b" }, finish("stop", "STOP")],
  );
});

test("GeminiAnswer delivers calls at the end, with their ids and signatures", () => {
  const parts = read(
    says([
      { functionCall: { id: "c1", name: "add", args: { x: 1 } }, thoughtSignature: "sig" },
      { functionCall: { name: "now" } },
    ]),
    says([{ functionCall: { name: "now", args: null } }], { finishReason: "STOP" }),
  );
  const [first, second, third] = callsOf(parts);
  assert.deepEqual(first, {
    type: "tool-call",
    index: 0,
    id: "c1",
    name: "add",
    arguments: '{"x":1}',
    extra: { google: { thought_signature: "sig" } },
  });
  assert.deepEqual([second?.index, second?.name, second?.arguments, second?.extra], [1, "now", "{}", undefined]);
  assert.match(second?.id ?? "", /^call_[0-9a-f]{24}$/);
  assert.notEqual(second?.id, third?.id, "ids that are made up differ");
  assert.deepEqual(parts.at(-1), finish("tool-calls", "STOP"));
});

test("GeminiAnswer assembles calls that come in pieces", () => {
  const piece = (call: Fields) => says([{ functionCall: call }]);
  const location = (text: string, isOpen = true) => ({
    partialArgs: [{ jsonPath: "$.location", stringValue: text, ...(isOpen && { willContinue: true }) }],
    willContinue: true,
  });
  const shapes: Record<string, Fields[]> = {
    "with an empty call at the end": [
      piece({ name: "f", willContinue: true }),
      piece(location("Bos")),
      piece(location("ton", false)),
      piece({}),
    ],
    "with an id in every piece": [
      piece({ id: "a", name: "f", willContinue: true }),
      piece({ id: "a", ...location("Bos") }),
      piece({ id: "a", ...location("ton", false), willContinue: false }),
    ],
    "with the name in every piece": [
      piece({ name: "f", willContinue: true }),
      piece({ name: "f", ...location("Bos") }),
      piece({ name: "f", ...location("ton", false) }),
    ],
    "without an end": [piece({ name: "f", willContinue: true }), piece(location("Boston"))],
  };
  for (const [name, chunks] of Object.entries(shapes)) {
    const calls = callsOf(read(...chunks, STOP));
    assert.deepEqual(
      calls.map((call) => [call.name, call.arguments]),
      [["f", '{"location":"Boston"}']],
      name,
    );
  }
});

test("GeminiAnswer never delivers a call that was not finished, was not allowed, or was judged by a filter", () => {
  const open = says([{ functionCall: { name: "f", willContinue: true } }]);
  const whole = says([{ functionCall: { name: "f", args: { x: 1 } } }]);
  const ends = (word: string) => ({ candidates: [{ finishReason: word }] });
  assert.equal(callsOf(read(open, ends("MAX_TOKENS"))).length, 0);
  assert.equal(callsOf(read(whole, ends("MAX_TOKENS"))).length, 1);
  for (const word of ["UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "SAFETY"]) {
    const parts = read(whole, ends(word));
    assert.equal(callsOf(parts).length, 0, word);
    assert.equal(parts.at(-1)?.type, "finish");
  }
});

test("GeminiAnswer gives signatures of text and thoughts as OpenRouter's reasoning details, once, before the finish", () => {
  const parts = read(
    says([{ text: "hm", thought: true, thoughtSignature: "s1" }]),
    says([{ text: "a" }, { text: "", thoughtSignature: "s2" }]),
    STOP,
  );
  assert.deepEqual(parts.slice(-2), [
    {
      type: "reasoning-details",
      details: [
        { type: "reasoning.encrypted", data: "s1", format: "google-gemini-v1", index: 0 },
        { type: "reasoning.encrypted", data: "s2", format: "google-gemini-v1", index: 1 },
      ],
    },
    finish("stop", "STOP"),
  ]);
});

test("GeminiAnswer adds up usage from what the chunks say, and leaves unknown what none says", () => {
  const usages = (...reports: Fields[]) =>
    read(...reports.map((usageMetadata) => ({ usageMetadata }))).map((part) => part.type === "usage" && part.usage);
  assert.deepEqual(
    usages(
      { promptTokenCount: 10, thoughtsTokenCount: 5 },
      { promptTokenCount: 10, candidatesTokenCount: 2, thoughtsTokenCount: 5, cachedContentTokenCount: 4 },
      { trafficType: "ON_DEMAND" },
      { candidatesTokenCount: 2 },
      { candidatesTokenCount: 3, toolUsePromptTokenCount: 100, totalTokenCount: 118 },
    ),
    [
      { inputTokens: 10, reasoningTokens: 5, outputTokens: 5 },
      { inputTokens: 10, cachedInputTokens: 4, reasoningTokens: 5, outputTokens: 7 },
      { inputTokens: 10, cachedInputTokens: 4, reasoningTokens: 5, outputTokens: 8 },
    ],
  );
  assert.deepEqual(usages({ trafficType: 1 }, { promptTokenCount: "three", candidatesTokenCount: null }), []);
});

test("GeminiAnswer names the model once", () => {
  const chunk = { modelVersion: "gemini-2.5-flash", usageMetadata: {} };
  assert.deepEqual(read(chunk, chunk), [{ type: "model", model: "gemini-2.5-flash" }]);
});

test("GeminiAnswer gives the tokens of a text as OpenAI does, where they are exactly that text", () => {
  const candidate = (token: string, logProbability: number) => ({ token, tokenId: 1, logProbability });
  const logprobsResult = {
    chosenCandidates: [candidate("Hé", -0.1), candidate(" you", -0.5)],
    topCandidates: [{ candidates: [candidate("Hé", -0.1), candidate("Yo", -3)] }, { candidates: [] }],
  };
  const [part] = read(says([{ text: "Hé you" }], { logprobsResult }));
  assert.deepEqual(part?.type === "text" && part.logprobs, [
    {
      token: "Hé",
      logprob: -0.1,
      bytes: [72, 195, 169],
      top_logprobs: [
        { token: "Hé", logprob: -0.1, bytes: [72, 195, 169] },
        { token: "Yo", logprob: -3, bytes: [89, 111] },
      ],
    },
    { token: " you", logprob: -0.5, bytes: [32, 121, 111, 117], top_logprobs: [] },
  ]);
  assert.deepEqual(read(says([{ text: "Hé" }], { logprobsResult })), [{ type: "text", text: "Hé" }]);
});

test("GeminiAnswer reads a proxy's flat error, and no chunk without one", () => {
  assert.throws(() => read({ message: "upstream connect error", status: 503 }), UpstreamError);
  assert.throws(() => read({ error: "quota" }), UpstreamError);
  assert.deepEqual(read({ error: null, this: [{ is: "no answer" }] }, { candidates: [null, 3, { content: "x" }] }), []);
});
