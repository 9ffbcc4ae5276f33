import assert from "node:assert/strict";
import { test } from "node:test";
import { VolatilePrefillMemory } from "../continuation/mod.ts";
import type { AnswerState } from "../events/mod.ts";
import type { Provider } from "../providers/mod.ts";
import type { Ask } from "./ask.ts";
import { Continuer } from "./continuer.ts";

test("Continuer hands over the end alone of a text that has run away, and joins it as ever", () => {
  const ask = { messages: [{ role: "user", content: "Count" }], parameters: {} } as unknown as Ask;
  const text = Array.from({ length: 400_000 }, (_, at) => `${at}`).join(" ");
  const state = { text, toolCalls: [] } as unknown as AnswerState;
  for (const knowsPrefill of [true, false]) {
    const provider = { name: "x", dialect: "scripted", acceptsPrefill: () => knowsPrefill } as unknown as Provider;
    const shape = new Continuer(ask, new VolatilePrefillMemory()).shape({ provider, model: "m" }, state);
    assert.ok(JSON.stringify(shape?.request).length < 300_000);
    assert.equal(shape?.strategy, knowsPrefill ? "prefill" : "quote");
    const tail = text.slice(-60);
    assert.equal(shape?.aligner?.push(`${tail.slice(tail.indexOf(" ") + 1)} 400000`), " 400000");
  }
});
