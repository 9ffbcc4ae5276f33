import assert from "node:assert/strict";
import { test } from "node:test";
import { collectResult } from "../../testing/wire_comparison.ts";
import type { ProviderRequest } from "../mod.ts";
import { ScriptedProvider } from "./mod.ts";

const request: ProviderRequest = { model: "m", messages: [{ role: "user", content: "Hi" }], parameters: {} };
const context = () => ({ signal: new AbortController().signal, timeouts: { connectMs: 1000 } });

test("ScriptedProvider plays one attempt for each call and records them", async () => {
  const provider = new ScriptedProvider({
    name: "scripted",
    attempts: [
      [{ fail: { code: "overloaded", action: "retry", status: 503 } }],
      [{ parts: [{ type: "text", text: "a" }] }, { cut: true }, { parts: [{ type: "text", text: "never" }] }],
      [
        { waitMs: 1 },
        { parts: [{ type: "text", text: "b" }] },
        { parts: [{ type: "finish", reason: { unified: "stop" } }] },
      ],
    ],
  });
  const first = await collectResult(provider.stream(request, context()));
  assert.deepEqual(first.failure, { code: "overloaded", action: "retry", status: 503 });
  const second = await collectResult(provider.stream(request, context()));
  assert.deepEqual([second.text, second.finishes, second.failure], ["a", [], undefined]);
  const third = await collectResult(provider.stream(request, context()));
  assert.deepEqual([third.text, third.finishes], ["b", [{ unified: "stop" }]]);
  assert.deepEqual(
    provider.calls.map(({ batches, isAborted, isReleased }) => ({ batches, isAborted, isReleased })),
    [0, 1, 2].map((batches) => ({ batches, isAborted: false, isReleased: true })),
  );
  assert.equal(provider.calls[0]?.request, request);
  await assert.rejects(collectResult(provider.stream(request, context())), RangeError);
});

test("ScriptedProvider waits at a gate until the test opens it", async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const script = [
    { parts: [{ type: "alive" as const }] },
    { gate },
    { parts: [{ type: "text" as const, text: "after" }] },
  ];
  const provider = new ScriptedProvider({ name: "scripted", attempts: [script] });
  const iterator = provider.stream(request, context());
  await iterator.next();
  const next = iterator.next();
  let isThere = false;
  void next.then(() => {
    isThere = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isThere, false);
  open();
  assert.deepEqual((await next).value, [{ type: "text", text: "after" }]);
});

test("ScriptedProvider records that a call was aborted while it hung", async () => {
  const provider = new ScriptedProvider({ name: "scripted", attempts: [[{ hang: true }]] });
  const controller = new AbortController();
  const reading = collectResult(provider.stream(request, { ...context(), signal: controller.signal }));
  controller.abort();
  assert.deepEqual((await reading).batches, []);
  assert.equal(provider.calls[0]?.isAborted, true);
});
