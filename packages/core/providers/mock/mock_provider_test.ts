import assert from "node:assert/strict";
import { test } from "node:test";
import { collectResult } from "../../testing/wire_comparison.ts";
import type { ChatMessage } from "../mod.ts";
import { MockProvider } from "./mod.ts";

async function ask(
  content: ChatMessage["content"],
  provider = new MockProvider({ name: "mock", paceMs: 0 }),
  prefill?: string,
) {
  const messages: ChatMessage[] = [
    { role: "user", content: "older question" },
    { role: "assistant", content: "older answer" },
    { role: "user", content },
  ];
  const context = { signal: new AbortController().signal, timeouts: { connectMs: 1000 } };
  return await collectResult(
    provider.stream({ model: "some/model", messages, parameters: {}, ...(prefill && { prefill }) }, context),
  );
}

test("MockProvider says in English that it is a trial, what to set, and what was asked", async () => {
  const { text, model, finishes, usage, toolCalls } = await ask("What is *2 + 2*?\nPlease");
  assert.match(text, /This is a trial answer/);
  assert.match(text, /`OPENROUTER_API_KEY`/);
  assert.match(text, /“What is 2 \+ 2\? Please”/);
  assert.match(text, /^- /m, "a list");
  assert.match(text, /^```sh\n[^`]+\n```$/m, "a code block");
  assert.match(text, /مُدَرِّسَةٌ/, "tashkeel");
  assert.match(text, /👩‍💻/, "an emoji of several code points");
  assert.deepEqual(
    [model, finishes, usage, toolCalls],
    ["some/model", [{ unified: "stop", raw: "stop" }], undefined, []],
  );
});

test("MockProvider answers an Arabic question in Arabic, also one with Latin names", async () => {
  for (const question of ["ما هي نقاط ضعف المشروع؟", "اشرح لي OpenRouter"]) {
    const { text } = await ask(question);
    assert.match(text, /هذه إجابةٌ تجريبيّة/);
    assert.ok(text.includes(`«${question}»`), text);
    assert.match(text, /`OPENROUTER_API_KEY`/);
    assert.match(text, /^```sh\n[^`]+\n```$/m);
  }
});

test("MockProvider echoes only a short part of a question, never half a grapheme, and reads content in items", async () => {
  const { text } = await ask([{ type: "text", text: "👨‍👩‍👧".repeat(200) }]);
  assert.ok(text.includes(`“${"👨‍👩‍👧".repeat(80)}…”`), text.slice(0, 200));
  assert.match((await ask([{ type: "image_url" }])).text, /I found no text in your question/);
});

test("MockProvider pauses before each word as it is paced", async () => {
  const waits: number[] = [];
  const pause = async (waitMs: number) => void waits.push(waitMs);
  const result = await ask("Hi", new MockProvider({ name: "mock", text: "one two three", pause }));
  assert.deepEqual(waits, [25, 25, 25]);
  assert.deepEqual(
    result.batches.flat().flatMap((part) => (part.type === "text" ? [part.text] : [])),
    ["one ", "two ", "three"],
  );
  assert.throws(() => new MockProvider({ name: "mock", paceMs: -1 }), RangeError);
});

test("MockProvider goes on from every beginning of its text, and says it anew after another one", async () => {
  const provider = new MockProvider({ name: "mock", paceMs: 0 });
  assert.equal(provider.acceptsPrefill(), true);
  const { text } = await ask("ما الخطة؟", provider);
  for (let at = 1; at < text.length; at += 7) {
    const prefill = text.slice(0, at);
    assert.equal(prefill + (await ask("ما الخطة؟", provider, prefill)).text, text);
  }
  assert.equal((await ask("ما الخطة؟", provider, "something else")).text, text);
  const whole = await ask("ما الخطة؟", provider, text);
  assert.deepEqual([whole.text, whole.finishes], ["", [{ unified: "stop", raw: "stop" }]]);
});
