import assert from "node:assert/strict";
import { test } from "node:test";
import { UpstreamError } from "../../failures/mod.ts";
import type { ProviderPart } from "../mod.ts";
import { FaultyProvider, MockProvider, ScriptedProvider } from "../mod.ts";
import { faultSchema } from "./mod.ts";

const TEXT = "one two 👩‍🚀 three مُدَرِّسَةٌ four";

function mock(): FaultyProvider {
  return new FaultyProvider(new MockProvider({ name: "mock", text: TEXT, paceMs: 0 }));
}

/** Reads a call to its end; `give` is told of the first text. */
async function read(provider: FaultyProvider, { prefill, controller = new AbortController() }: ReadOptions = {}) {
  const request = { model: "m", messages: [], parameters: {}, ...(prefill !== undefined && { prefill }) };
  const parts: ProviderPart[] = [];
  let error: unknown;
  try {
    for await (const batch of provider.stream(request, { signal: controller.signal, timeouts: { connectMs: 1000 } })) {
      parts.push(...batch);
    }
  } catch (reason) {
    error = reason;
  }
  const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  const failure = error instanceof UpstreamError ? error.failure : error;
  return { parts, text, failure, isFinished: parts.some(({ type }) => type === "finish") };
}

interface ReadOptions {
  prefill?: string;
  controller?: AbortController;
}

test("FaultyProvider passes everything through while nothing is armed", async () => {
  const provider = mock();
  const { name, dialect, isTrial, armed } = provider;
  assert.deepEqual([name, dialect, isTrial, armed], ["mock", "mock", true, undefined]);
  assert.equal(provider.acceptsPrefill("m"), true);
  assert.equal(new FaultyProvider(new ScriptedProvider({ name: "s", attempts: [] })).acceptsPrefill("m"), false);
  assert.deepEqual((await read(provider)).text, TEXT);
  assert.deepEqual((await read(provider, { prefill: "one two" })).text, TEXT.slice(7));
});

test("FaultyProvider cuts after exactly so many characters, never within one, for so many calls", async () => {
  for (let afterChars = 0; afterChars < TEXT.length; afterChars++) {
    const provider = mock();
    provider.arm({ fault: "cut", afterChars, calls: 2 });
    const first = await read(provider);
    const isInPair = !TEXT.slice(0, afterChars).isWellFormed();
    assert.equal(first.text, TEXT.slice(0, isInPair ? afterChars + 1 : afterChars));
    assert.deepEqual([first.isFinished, first.failure], [false, undefined]);
    assert.deepEqual(provider.armed, { fault: "cut", afterChars, calls: 1 });
    assert.equal((await read(provider)).isFinished, false);
    assert.equal(provider.armed, undefined);
    assert.equal((await read(provider)).text, TEXT);
  }
});

test("FaultyProvider lets a text pass that is shorter than the fault's place", async () => {
  const provider = mock();
  provider.arm({ fault: "cut", afterChars: TEXT.length + 1 });
  const { text, isFinished } = await read(provider);
  assert.deepEqual([text, isFinished], [TEXT, true]);
});

test("FaultyProvider counts text alone, over the parts of one batch", async () => {
  const parts: ProviderPart[] = [
    { type: "headers" },
    { type: "reasoning", text: "a long thought" },
    { type: "text", text: "ab" },
    { type: "text", text: "cd" },
    { type: "finish", reason: { unified: "stop" } },
  ];
  const inner = new ScriptedProvider({ name: "s", attempts: [[{ parts }]] });
  const provider = new FaultyProvider(inner);
  provider.arm({ fault: "cut", afterChars: 3 });
  const result = await read(provider);
  assert.deepEqual(result.parts, [...parts.slice(0, 3), { type: "text", text: "c" }]);
  assert.equal(inner.calls[0]?.isReleased, true, "the upstream is let go of");
});

test("FaultyProvider stalls and is silent until it is aborted", async () => {
  for (const [fault, wanted] of [
    [{ fault: "stall", afterChars: 3 }, "one"],
    [{ fault: "silence" }, ""],
  ] as const) {
    const provider = mock();
    provider.arm(fault);
    const controller = new AbortController();
    let isOver = false;
    const reading = read(provider, { controller }).finally(() => {
      isOver = true;
    });
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isOver, false);
    controller.abort();
    const { text, parts, isFinished, failure } = await reading;
    assert.deepEqual([text, isFinished, failure], [wanted, false, undefined]);
    if (fault.fault === "silence") assert.deepEqual(parts, []);
  }
});

test("FaultyProvider refuses as an upstream would: 429 with its wait, 500, and what nobody can read", async () => {
  const provider = mock();
  provider.arm({ fault: "rate-limit", retryAfterMs: 1500 });
  assert.partialDeepStrictEqual((await read(provider)).failure, {
    code: "rate-limit",
    action: "retry",
    status: 429,
    retryAfterMs: 1500,
  });
  provider.arm({ fault: "server-error" });
  assert.partialDeepStrictEqual((await read(provider)).failure, { code: "server-error", action: "retry", status: 500 });
  provider.arm({ fault: "garbage", afterChars: 7 });
  const { text, failure } = await read(provider);
  assert.equal(text, "one two");
  assert.partialDeepStrictEqual(failure, { code: "malformed", action: "fallback" });
});

test("FaultyProvider drips one character at a time", async () => {
  const waits: number[] = [];
  const provider = new FaultyProvider(new MockProvider({ name: "mock", text: "a👩‍🚀b", paceMs: 0 }), {
    pause: async (waitMs) => void waits.push(waitMs),
  });
  provider.arm({ fault: "slow-drip", everyMs: 7 });
  const { parts, text, isFinished } = await read(provider);
  assert.deepEqual([text, isFinished], ["a👩‍🚀b", true]);
  assert.equal(parts.filter(({ type }) => type === "text").length, [..."a👩‍🚀b"].length);
  assert.deepEqual(waits, Array(5).fill(7));
});

test("FaultyProvider.disarm() lets the next call pass", async () => {
  const provider = mock();
  provider.arm({ fault: "server-error", calls: 5 });
  provider.disarm();
  assert.equal(provider.armed, undefined);
  assert.equal((await read(provider)).text, TEXT);
});

test("faultSchema fills in what is left out, and refuses what does not belong to a fault", () => {
  assert.deepEqual(faultSchema.parse({ fault: "cut" }), { fault: "cut", afterChars: 40, calls: 1 });
  for (const wrong of [
    { fault: "fire" },
    { fault: "cut", everyMs: 5 },
    { fault: "cut", calls: 0 },
    { afterChars: 1 },
  ]) {
    assert.equal(faultSchema.safeParse(wrong).success, false, JSON.stringify(wrong));
  }
});
