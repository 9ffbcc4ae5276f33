import assert from "node:assert/strict";
import { test } from "node:test";
import { toCallOptions } from "./call_options.ts";
import type { AiSdkModel } from "./model.ts";

test("toCallOptions() writes a package's own options as that package reads them", () => {
  const request = {
    model: "m",
    messages: [{ role: "user" as const, content: "Hi" }],
    parameters: { parallel_tool_calls: false, user: "u" },
  };
  const optionsOf = (provider: string) => {
    const model = { specificationVersion: "v3", provider } as AiSdkModel;
    return toCallOptions(request, model, { providerOptions: {}, signal: new AbortController().signal }).providerOptions;
  };
  assert.deepEqual(optionsOf("openai.chat"), { openai: { parallelToolCalls: false, user: "u" } });
  assert.deepEqual(optionsOf("local.chat"), { local: { parallel_tool_calls: false, user: "u" } });
});
