import assert from "node:assert/strict";
import { test } from "node:test";
import { finished, modelOf, said, USAGE } from "../../testing/sdk_model.ts";
import { collectResult } from "../../testing/wire_comparison.ts";
import type { ProviderRequest } from "../mod.ts";
import { type AiSdkModel, AiSdkProvider } from "./mod.ts";

const REQUEST: ProviderRequest = { model: "m", messages: [{ role: "user", content: "سؤال" }], parameters: {} };
const context = () => ({ signal: new AbortController().signal, timeouts: { connectMs: 2000 } });

async function hear(...parts: unknown[]) {
  return await collectResult(new AiSdkProvider({ name: "p", model: modelOf(parts).model }).stream(REQUEST, context()));
}

test("AiSdkProvider reads every version of the specification", async () => {
  for (const specificationVersion of ["v2", "v3", "v4"] as const) {
    const isOld = specificationVersion === "v2";
    const usage = isOld
      ? { inputTokens: 7, outputTokens: 9, totalTokens: 16, cachedInputTokens: 4, reasoningTokens: 5 }
      : USAGE;
    const finishReason = isOld ? "stop" : { unified: "stop", raw: "end_turn" };
    const { model, calls } = modelOf([
      { type: "stream-start", warnings: [] },
      said("a"),
      { type: "finish", usage, finishReason },
    ]);
    const provider = new AiSdkProvider({
      name: "p",
      model: { ...model, specificationVersion } as unknown as AiSdkModel,
    });
    const content = [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }];
    const parameters = { reasoning_effort: "high" };
    const request = { ...REQUEST, messages: [{ role: "user" as const, content }], parameters };
    const result = await collectResult(provider.stream(request, context()));
    assert.equal(result.text, "a");
    assert.deepEqual(result.finishes, [{ unified: "stop", ...(!isOld && { raw: "end_turn" }) }]);
    assert.deepEqual(result.usage, { inputTokens: 7, cachedInputTokens: 4, outputTokens: 9, reasoningTokens: 5 });
    const isNew = specificationVersion === "v4";
    const data = isNew ? { type: "data", data: "AAAA" } : "AAAA";
    assert.deepEqual(calls[0]?.prompt, [{ role: "user", content: [{ type: "file", mediaType: "image/png", data }] }]);
    assert.equal(calls[0]?.reasoning, isNew ? "high" : undefined);
    assert.deepEqual(calls[0]?.providerOptions, isNew ? undefined : { deaf: { reasoningEffort: "high" } });
  }
});

test("AiSdkProvider takes a finish without the model's own word as a cut, and an error as a failure", async () => {
  for (const reason of [finished("other"), finished("interrupted"), { ...finished("x"), finishReason: "unknown" }]) {
    const { finishes, failure, usage } = await hear(said("a"), reason);
    assert.deepEqual([finishes, failure, usage?.outputTokens], [[], undefined, 9]);
  }
  assert.deepEqual((await hear(said("a"), finished("other", "pause"))).finishes, [{ unified: "other", raw: "pause" }]);
  assert.equal((await hear(said("a"), finished("error", "boom"))).failure?.code, "server-error");
});

test("AiSdkProvider gives up an answer beyond the limit of its length, and keeps what it said", async () => {
  const { model, isReleased } = modelOf(Array.from({ length: 200 }, () => said("0123456789")));
  const result = await collectResult(new AiSdkProvider({ name: "p", model, maxChars: 100 }).stream(REQUEST, context()));
  assert.deepEqual([result.failure?.code, result.text.length, isReleased()], ["malformed", 110, true]);
});

test("AiSdkProvider heeds no error after the model has finished", async () => {
  const end = finished("stop", "stop");
  const { failure, finishes } = await hear(said("a"), end, { type: "error", error: "late" });
  assert.deepEqual([failure, finishes.length], [undefined, 1]);
  assert.equal((await hear(said("a"), end, new TypeError("terminated"))).failure, undefined);
});

test("AiSdkProvider joins the halves of a character, and drops calls that cannot be run", async () => {
  const call = (fields: object) => ({ type: "tool-call", toolCallId: "1", toolName: "f", input: "{}", ...fields });
  const { text: whole, toolCalls } = await hear(
    said("\ud83d"),
    said("\ude00"),
    call({ input: '{"a":' }),
    call({ providerExecuted: true }),
    call({ toolCallId: "2", input: "" }),
    finished("stop", "stop"),
  );
  assert.equal(whole, "😀");
  assert.deepEqual(toolCalls, [{ id: "2", name: "f", arguments: "{}" }]);
});

test("AiSdkProvider hands back what a provider wants of its reasoning", async () => {
  const metadata = { anthropic: { signature: "sig" } };
  const { batches } = await hear(
    { type: "reasoning-start", id: "1" },
    { type: "reasoning-delta", id: "1", delta: "hm" },
    { type: "reasoning-delta", id: "1", delta: "", providerMetadata: metadata },
    { type: "reasoning-end", id: "1" },
    { type: "reasoning-start", id: "2" },
    { type: "reasoning-delta", id: "2", delta: "unsigned" },
    said("a"),
    finished("stop", "stop"),
  );
  const part = batches.flat().find((one) => one.type === "reasoning-details");
  assert.deepEqual(part?.details, [
    { type: "reasoning.text", text: "hm", signature: "sig", format: "anthropic-claude-v1", ai_sdk: metadata },
  ]);
  for (const details of [part?.details, part?.details.map(({ ai_sdk: _, ...other }) => other)]) {
    const { model, calls } = modelOf([finished("stop", "stop")]);
    const messages = [{ role: "assistant" as const, content: "a", reasoning_details: details }];
    await collectResult(new AiSdkProvider({ name: "p", model }).stream({ ...REQUEST, messages }, context()));
    assert.deepEqual(calls[0]?.prompt, [
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "hm", providerOptions: metadata },
          { type: "text", text: "a" },
        ],
      },
    ]);
  }
});

test("AiSdkProvider hands on a beginning of the model's own message, and options for its provider", async () => {
  const { model, calls } = modelOf([said("b"), finished("stop", "stop")]);
  const provider = new AiSdkProvider({
    name: "p",
    model,
    acceptsPrefill: (name) => name === "m",
    providerOptions: { deaf: { a: 1, b: 1 } },
  });
  assert.deepEqual([provider.acceptsPrefill("m"), provider.acceptsPrefill("n")], [true, false]);
  const parameters = { user: "u", provider_options: { deaf: { b: 2 }, other: { c: 3 } } };
  await collectResult(provider.stream({ ...REQUEST, prefill: "a", parameters }, context()));
  assert.deepEqual(calls[0]?.prompt.at(-1), { role: "assistant", content: [{ type: "text", text: "a" }] });
  assert.deepEqual(calls[0]?.providerOptions, { deaf: { a: 1, b: 2, user: "u" }, other: { c: 3 } });
});
