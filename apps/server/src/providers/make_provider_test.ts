import type { ProviderRequest } from "@cogniforge/core/providers";
import { expect, test } from "vitest";
import type { ConfigDialect, ProviderConfig } from "../config/mod.ts";
import { CONFIG_DIALECTS, Secret } from "../config/mod.ts";
import { makeProvider } from "./make_provider.ts";

const KEY = "sk-test-0123456789";

/** Where a made provider sends a question, and with which headers. */
async function callOf(config: Partial<ProviderConfig> & { dialect: ConfigDialect }) {
  const calls: { url: string; headers: Headers }[] = [];
  const made: ProviderConfig = {
    name: "p",
    baseUrl: "https://up.test/v1",
    apiKey: new Secret(KEY),
    isUsable: true,
    source: "file",
    ...config,
  };
  const provider = makeProvider(made, async (url, { headers }) => {
    calls.push({ url, headers: new Headers(headers) });
    return new Response("{}", { status: 503 });
  });
  const request: ProviderRequest = { model: "m", messages: [{ role: "user", content: "Hi" }], parameters: {} };
  const context = { signal: new AbortController().signal, timeouts: { connectMs: 1000 } };
  const asked = (async () => {
    for await (const _ of provider.stream(request, context));
  })();
  await expect(asked).rejects.toThrow();
  expect(provider.dialect).toBe(config.dialect);
  return calls[0] ?? expect.fail("nothing was sent");
}

test.each([
  ["openai-chat", "https://up.test/v1/chat/completions", "authorization", `Bearer ${KEY}`],
  ["openai-responses", "https://up.test/v1/responses", "authorization", `Bearer ${KEY}`],
  ["anthropic-messages", "https://up.test/v1/messages", "x-api-key", KEY],
  ["gemini", "https://up.test/v1/models/m:streamGenerateContent?alt=sse", "x-goog-api-key", KEY],
  ["ollama", "https://up.test/v1/chat", "authorization", `Bearer ${KEY}`],
  ["cohere", "https://up.test/v1/chat", "authorization", `Bearer ${KEY}`],
] as const)("makeProvider() speaks %s, with the key where it belongs", async (dialect, url, header, value) => {
  const call = await callOf({ dialect, headers: { "x-own": "1" } });
  expect([call.url, call.headers.get(header), call.headers.get("x-own")]).toEqual([url, value, "1"]);
});

test("makeProvider() gives Azure its key in the header of its own, and no bearer", async () => {
  const azure = { preset: "azure", baseUrl: "https://r.openai.azure.com/openai/v1" };
  for (const dialect of ["openai-chat", "openai-responses"] as const) {
    const { headers } = await callOf({ ...azure, dialect });
    expect([headers.get("api-key"), headers.get("authorization")]).toEqual([KEY, null]);
  }
});

test("makeProvider() knows every dialect that a configuration can name", () => {
  for (const dialect of CONFIG_DIALECTS) {
    const config: ProviderConfig = {
      name: "p",
      dialect,
      baseUrl: "https://up.test/v1",
      ...(dialect === "ai-sdk" && { sdk: { model: () => () => ({}) as never } }),
      isUsable: true,
      source: "file",
    };
    expect(makeProvider(config, fetch).dialect).toBe(dialect);
  }
  const wrong: ProviderConfig = { name: "p", dialect: "ai-sdk", isUsable: true, source: "file" };
  expect(() => makeProvider({ ...wrong, sdk: { model: () => "x" as never } }, fetch)).toThrow("neither a model");
  const homeless: ProviderConfig = { name: "p", dialect: "gemini", isUsable: true, source: "file" };
  expect(() => makeProvider(homeless, fetch)).toThrow("no base URL");
});
