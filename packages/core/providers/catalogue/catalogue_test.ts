import assert from "node:assert/strict";
import { test } from "node:test";
import { abilitiesOf, PRESETS, presetAt, presetOf } from "./mod.ts";

test("PRESETS have names that a configuration can hold, each once, as have their domains and key variables", () => {
  const names = PRESETS.map(({ name }) => name);
  const domains = PRESETS.flatMap((preset) => preset.domains ?? []);
  const variables = PRESETS.flatMap(({ keyVariable }) => keyVariable ?? []);
  for (const list of [names, domains, variables]) assert.equal(new Set(list).size, list.length);
  for (const name of names) assert.match(name, /^[a-z0-9][a-z0-9-]*$/);
  for (const variable of variables) assert.match(variable, /^[A-Z][A-Z0-9_]+$/);
});

test("PRESETS are at addresses of their own, without a query, a slash at the end or a twin of one dialect", () => {
  for (const preset of PRESETS) {
    const dialects = preset.endpoints.map(({ dialect }) => dialect);
    assert.equal(new Set(dialects).size, dialects.length, preset.name);
    for (const { baseUrl } of preset.endpoints) {
      const url = new URL(baseUrl.replace("{resource}", "my-resource"));
      assert.deepEqual([url.search, url.hash, url.pathname.at(-1) === "/" && url.pathname !== "/"], ["", "", false]);
      assert.equal(presetAt(url), preset.domains === undefined ? undefined : preset, baseUrl);
      assert.equal(url.protocol === "https:", preset.domains !== undefined, "keys go over TLS alone");
    }
    assert.ok(URL.canParse(preset.documentation), preset.name);
    assert.ok(!preset.needsKey || preset.keyVariable !== undefined, preset.name);
  }
});

test("presetAt() knows a provider by its domain and those below it, and by no other", () => {
  const nameAt = (url: string) => presetAt(new URL(url))?.name;
  assert.equal(nameAt("https://api.mistral.ai/v1"), "mistral");
  assert.equal(nameAt("https://my-resource.openai.azure.com/openai/v1"), "azure");
  assert.equal(nameAt("https://dashscope-intl.aliyuncs.com/compatible-mode/v1"), "dashscope");
  assert.equal(nameAt("https://api.moonshot.cn/v1"), "moonshot");
  assert.equal(nameAt("https://evilmistral.ai/v1"), undefined);
  assert.equal(nameAt("https://mistral.ai.evil.test/v1"), undefined);
  assert.equal(nameAt("http://127.0.0.1:11434/v1"), undefined);
  assert.equal(nameAt("http://[::1]:8000/v1"), undefined);
});

test("presetOf() finds by the name alone", () => {
  assert.equal(presetOf("groq")?.keyVariable, "GROQ_API_KEY");
  assert.equal(presetOf("anthropic")?.endpoints[0].dialect, "anthropic-messages");
  assert.equal(presetOf("constructor"), undefined);
});

test("abilitiesOf() tells what a model's family can do, in any spelling, and leaves out what is not known", () => {
  const gpt4o = { tools: true, images: true, structuredOutput: true, reasoning: false, logprobs: true };
  assert.deepEqual(abilitiesOf(presetOf("openai"), "gpt-4o-mini-2024-07-18"), gpt4o);
  assert.deepEqual(abilitiesOf(presetOf("openrouter"), "openai/gpt-4o-mini:free"), gpt4o);
  assert.deepEqual(abilitiesOf(undefined, "my-own-model"), {});
  assert.deepEqual(abilitiesOf(undefined, "gpt-4o-mini-transcribe"), {});
  assert.deepEqual(abilitiesOf(undefined, "openai/gpt-5.4-mini"), {
    tools: true,
    images: true,
    structuredOutput: true,
    reasoning: true,
  });
  assert.equal(abilitiesOf(undefined, "us.anthropic.claude-sonnet-4-5-20250929-v1:0").structuredOutput, true);
  assert.equal(abilitiesOf(undefined, "claude-3-5-haiku-latest").reasoning, false);
  assert.equal(abilitiesOf(undefined, "models/gemini-2.5-flash").reasoning, true);
});

test("abilitiesOf() lets a provider rule an ability out, whatever the model can", () => {
  assert.equal(abilitiesOf(presetOf("mistral"), "mistral-small-latest").logprobs, false);
  assert.equal(abilitiesOf(presetOf("mistral"), "mistral-small-latest").tools, true);
});

test("OpenRouter's prefill is for the models of Claude that go on from one", () => {
  const accepts = (model: string) => presetOf("openrouter")?.chat?.prefill?.accepts?.(model);
  assert.deepEqual(["anthropic/claude-sonnet-4.5", "anthropic/claude-opus-4.7", "openai/gpt-4o-mini"].map(accepts), [
    true,
    false,
    false,
  ]);
});
