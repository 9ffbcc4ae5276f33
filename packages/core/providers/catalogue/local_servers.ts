import type { ProviderPreset } from "./preset.ts";

/** Servers and proxies that anybody runs, at the address where they listen unless they are told otherwise. */
export const LOCAL_SERVERS: readonly ProviderPreset[] = [
  {
    name: "ollama",
    title: "Ollama",
    endpoints: [
      { dialect: "ollama", baseUrl: "http://127.0.0.1:11434/api" },
      { dialect: "openai-chat", baseUrl: "http://127.0.0.1:11434/v1" },
    ],
    needsKey: false,
    documentation: "https://docs.ollama.com/api",
  },
  {
    name: "vllm",
    title: "vLLM",
    endpoints: [
      { dialect: "openai-chat", baseUrl: "http://127.0.0.1:8000/v1" },
      { dialect: "openai-responses", baseUrl: "http://127.0.0.1:8000/v1" },
    ],
    needsKey: false,
    documentation: "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
    chat: { prefill: { style: "continue-final-message" } },
  },
  {
    name: "llamacpp",
    title: "llama.cpp",
    endpoints: [{ dialect: "openai-chat", baseUrl: "http://127.0.0.1:8080/v1" }],
    needsKey: false,
    documentation: "https://github.com/ggml-org/llama.cpp/tree/master/tools/server",
    // A trailing assistant message is continued, unless the server was started with --no-prefill-assistant.
    chat: { prefill: { style: "trailing" } },
  },
  {
    name: "lmstudio",
    title: "LM Studio",
    endpoints: [
      { dialect: "openai-chat", baseUrl: "http://127.0.0.1:1234/v1" },
      { dialect: "openai-responses", baseUrl: "http://127.0.0.1:1234/v1" },
    ],
    needsKey: false,
    documentation: "https://lmstudio.ai/docs/developer/openai-compat",
  },
  {
    name: "litellm",
    title: "LiteLLM proxy",
    endpoints: [
      { dialect: "openai-chat", baseUrl: "http://127.0.0.1:4000/v1" },
      { dialect: "anthropic-messages", baseUrl: "http://127.0.0.1:4000/v1" },
      { dialect: "openai-responses", baseUrl: "http://127.0.0.1:4000/v1" },
    ],
    needsKey: false,
    documentation: "https://docs.litellm.ai/docs/simple_proxy",
  },
];
