import assert from "node:assert/strict";
import { test } from "node:test";
import { collectResult } from "../../testing/wire_comparison.ts";
import { type OpenAiChatOptions, OpenAiChatProvider, type ProviderRequest, presetOf } from "../mod.ts";

const REQUEST: ProviderRequest = { model: "m/1", messages: [{ role: "user", content: "سؤال" }], parameters: {} };
const STOP = 'data: {"choices":[{"delta":{"content":"نعم"},"finish_reason":"stop"}]}\n\n';

/** What a provider sends: where, and with which body and headers. */
async function sentBy(options: Omit<OpenAiChatOptions, "name" | "fetch">, request: Partial<ProviderRequest> = {}) {
  const calls: { url: string; body: Record<string, unknown>; headers: Headers }[] = [];
  const provider = new OpenAiChatProvider({
    name: "p",
    ...options,
    fetch: async (url, { body, headers }) => {
      calls.push({ url, body: JSON.parse(String(body)), headers: new Headers(headers) });
      return new Response(STOP);
    },
  });
  const context = { signal: new AbortController().signal, timeouts: { connectMs: 1000 } };
  const { text } = await collectResult(provider.stream({ ...REQUEST, ...request }, context));
  assert.equal(text, "نعم");
  return { ...(calls[0] ?? assert.fail("nothing was sent")), provider };
}

test("OpenAiChatProvider names the ceiling of tokens as its host does", async () => {
  const ceiling = async (baseUrl: string) => (await sentBy({ baseUrl }, { maxOutputTokens: 9 })).body;
  assert.equal((await ceiling("https://api.openai.com/v1")).max_completion_tokens, 9);
  assert.equal((await ceiling("https://r.openai.azure.com/openai/v1")).max_completion_tokens, 9);
  assert.equal((await ceiling("http://127.0.0.1:1/v1")).max_tokens, 9);
});

test("OpenAiChatProvider leaves out what Mistral refuses, and renames the seed", async () => {
  const parameters = { seed: 3, user: "u", temperature: 0 };
  const { body } = await sentBy({ baseUrl: "https://api.mistral.ai/v1" }, { parameters, maxOutputTokens: 9 });
  assert.deepEqual(body, {
    model: "m/1",
    messages: REQUEST.messages,
    stream: true,
    temperature: 0,
    random_seed: 3,
    max_tokens: 9,
  });
});

test("OpenAiChatProvider takes a known provider's quirks behind a proxy where it is told of them", async () => {
  const quirks = presetOf("mistral")?.chat;
  const { body, provider } = await sentBy({ baseUrl: "https://proxy.test/v1", quirks }, { prefill: "Once" });
  assert.equal(body.stream_options, undefined);
  assert.deepEqual((body.messages as unknown[]).at(-1), { role: "assistant", content: "Once", prefix: true });
  assert.equal(provider.acceptsPrefill("any"), true);
});

test("OpenAiChatProvider takes a beginning of the message to DeepSeek's beta endpoint, and nothing else", async () => {
  const baseUrl = "https://api.deepseek.com/v1";
  assert.equal((await sentBy({ baseUrl })).url, "https://api.deepseek.com/v1/chat/completions");
  const { url, body } = await sentBy({ baseUrl }, { prefill: "Once" });
  assert.equal(url, "https://api.deepseek.com/beta/chat/completions");
  assert.deepEqual((body.messages as unknown[]).at(-1), { role: "assistant", content: "Once", prefix: true });
  const proxied = await sentBy(
    { baseUrl: "https://proxy.test/v1", quirks: presetOf("deepseek")?.chat },
    { prefill: "O" },
  );
  assert.equal(proxied.url, "https://proxy.test/v1/chat/completions");
});

test("OpenAiChatProvider accepts a beginning where its host documents how, and nowhere else", () => {
  const accepts = (baseUrl: string, model = "m") =>
    new OpenAiChatProvider({ name: "p", baseUrl }).acceptsPrefill(model);
  assert.equal(accepts("https://api.mistral.ai/v1"), true);
  assert.equal(accepts("https://api.moonshot.ai/v1"), true);
  const dashscope = "https://dashscope-intl.aliyuncs.com/compatible-mode/v1";
  assert.equal(accepts(dashscope, "qwen-plus"), true);
  assert.equal(accepts(dashscope, "qwen3-next-80b-a3b-thinking"), false);
  assert.equal(accepts(dashscope, "deepseek-v3.2"), false);
  assert.equal(accepts("https://api.openai.com/v1"), false);
  assert.equal(accepts("https://evilmistral.ai/v1"), false);
  assert.equal(accepts("https://openrouter.ai/api/v1", "anthropic/claude-haiku-4.5"), true);
  assert.equal(accepts("https://openrouter.ai/api/v1", "openai/gpt-4o-mini"), false);
  const told = new OpenAiChatProvider({ name: "p", baseUrl: "http://127.0.0.1:1/v1", prefillStyle: "trailing" });
  assert.equal(told.acceptsPrefill("any"), true);
});

test("OpenAiChatProvider puts the model where the base URL asks for it, and keeps the query", async () => {
  const baseUrl = "https://r.openai.azure.com/openai/deployments/{model}?api-version=2024-10-21";
  const { url } = await sentBy({ baseUrl });
  assert.equal(url, "https://r.openai.azure.com/openai/deployments/m%2F1/chat/completions?api-version=2024-10-21");
});
