import type { ChatQuirks, ProviderPreset } from "./preset.ts";

/** What OpenAI's own service refuses, wherever it runs. */
export const OPENAI_QUIRKS: ChatQuirks = {
  // Its newer models refuse the old name, its older ones take the new one.
  maxTokensField: "max_completion_tokens",
  renames: { max_tokens: "max_completion_tokens" },
  // Hints to other samplers and gateways.
  refuses: [
    "top_k",
    "min_p",
    "top_a",
    "repetition_penalty",
    "include_reasoning",
    "reasoning",
    "thinking",
    "cache_control",
  ],
  isStrict: true,
};

/** Providers that serve models of their own. */
export const MAKERS: readonly ProviderPreset[] = [
  {
    name: "openai",
    title: "OpenAI",
    endpoints: [
      { dialect: "openai-chat", baseUrl: "https://api.openai.com/v1" },
      { dialect: "openai-responses", baseUrl: "https://api.openai.com/v1" },
    ],
    domains: ["api.openai.com"],
    keyVariable: "OPENAI_API_KEY",
    needsKey: true,
    documentation: "https://platform.openai.com/docs/api-reference/chat",
    chat: OPENAI_QUIRKS,
  },
  {
    name: "anthropic",
    title: "Anthropic",
    endpoints: [
      { dialect: "anthropic-messages", baseUrl: "https://api.anthropic.com/v1" },
      { dialect: "openai-chat", baseUrl: "https://api.anthropic.com/v1" },
    ],
    domains: ["api.anthropic.com"],
    keyVariable: "ANTHROPIC_API_KEY",
    needsKey: true,
    documentation: "https://platform.claude.com/docs/en/api/messages",
    abilities: { logprobs: false },
  },
  {
    name: "gemini",
    title: "Google Gemini",
    endpoints: [
      { dialect: "gemini", baseUrl: "https://generativelanguage.googleapis.com/v1beta" },
      { dialect: "openai-chat", baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai" },
    ],
    domains: ["generativelanguage.googleapis.com"],
    keyVariable: "GEMINI_API_KEY",
    needsKey: true,
    documentation: "https://ai.google.dev/api/generate-content",
  },
  {
    name: "vertex",
    title: "Google Vertex AI",
    // Express mode, which takes a key. A project's own endpoint, with a token in a header, is configured by its base URL.
    endpoints: [{ dialect: "gemini", baseUrl: "https://aiplatform.googleapis.com/v1/publishers/google" }],
    domains: ["aiplatform.googleapis.com"],
    keyVariable: "GOOGLE_VERTEX_API_KEY",
    needsKey: true,
    documentation: "https://cloud.google.com/vertex-ai/generative-ai/docs/start/express-mode/overview",
  },
  {
    name: "deepseek",
    title: "DeepSeek",
    endpoints: [
      { dialect: "openai-chat", baseUrl: "https://api.deepseek.com/v1" },
      { dialect: "anthropic-messages", baseUrl: "https://api.deepseek.com/anthropic/v1" },
    ],
    domains: ["api.deepseek.com"],
    keyVariable: "DEEPSEEK_API_KEY",
    needsKey: true,
    documentation: "https://api-docs.deepseek.com",
    // https://api-docs.deepseek.com/guides/chat_prefix_completion
    chat: { prefill: { style: "prefix", basePath: "/beta" } },
  },
  {
    name: "mistral",
    title: "Mistral",
    endpoints: [{ dialect: "openai-chat", baseUrl: "https://api.mistral.ai/v1" }],
    domains: ["mistral.ai"],
    keyVariable: "MISTRAL_API_KEY",
    needsKey: true,
    documentation: "https://docs.mistral.ai/api",
    abilities: { logprobs: false },
    chat: {
      prefill: { style: "prefix" },
      renames: { seed: "random_seed", max_completion_tokens: "max_tokens" },
      // It answers 422 to fields beyond its schema, and reports usage unasked.
      // https://github.com/dnakov/anon-kode/issues/53, https://github.com/Gitlawb/openclaude/issues/739
      refuses: ["stream_options", "store", "user", "safety_identifier", "service_tier"],
      isStrict: true,
    },
  },
  {
    name: "xai",
    title: "xAI",
    endpoints: [
      { dialect: "openai-chat", baseUrl: "https://api.x.ai/v1" },
      { dialect: "openai-responses", baseUrl: "https://api.x.ai/v1" },
    ],
    domains: ["x.ai"],
    keyVariable: "XAI_API_KEY",
    needsKey: true,
    documentation: "https://docs.x.ai/docs/api-reference",
  },
  {
    name: "moonshot",
    title: "Moonshot AI (Kimi)",
    endpoints: [{ dialect: "openai-chat", baseUrl: "https://api.moonshot.ai/v1" }],
    domains: ["moonshot.ai", "moonshot.cn"],
    keyVariable: "MOONSHOT_API_KEY",
    needsKey: true,
    documentation: "https://platform.moonshot.ai/docs/api/chat",
    // https://platform.moonshot.ai/docs/api/partial
    chat: { prefill: { style: "partial" } },
  },
  {
    name: "dashscope",
    title: "Alibaba Cloud Model Studio (Qwen)",
    endpoints: [{ dialect: "openai-chat", baseUrl: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1" }],
    domains: [
      "dashscope.aliyuncs.com",
      "dashscope-intl.aliyuncs.com",
      "dashscope-us.aliyuncs.com",
      // Where each workspace has an address of its own.
      "maas.aliyuncs.com",
    ],
    keyVariable: "DASHSCOPE_API_KEY",
    needsKey: true,
    documentation: "https://www.alibabacloud.com/help/en/model-studio/models",
    // For Qwen's own models, as long as they do not think: https://www.alibabacloud.com/help/en/model-studio/partial-mode
    chat: {
      prefill: { style: "partial", accepts: (model) => /^qwen/i.test(model) && !/thinking|omni|audio/i.test(model) },
    },
  },
  {
    name: "zai",
    title: "Z.AI",
    endpoints: [{ dialect: "openai-chat", baseUrl: "https://api.z.ai/api/paas/v4" }],
    domains: ["z.ai"],
    keyVariable: "ZAI_API_KEY",
    needsKey: true,
    documentation: "https://docs.z.ai",
  },
  {
    name: "cohere",
    title: "Cohere",
    endpoints: [
      { dialect: "cohere", baseUrl: "https://api.cohere.com/v2" },
      { dialect: "openai-chat", baseUrl: "https://api.cohere.ai/compatibility/v1" },
    ],
    domains: ["api.cohere.com", "api.cohere.ai"],
    keyVariable: "COHERE_API_KEY",
    needsKey: true,
    documentation: "https://docs.cohere.com/docs/compatibility-api",
  },
  {
    name: "perplexity",
    title: "Perplexity",
    endpoints: [{ dialect: "openai-chat", baseUrl: "https://api.perplexity.ai" }],
    domains: ["api.perplexity.ai"],
    keyVariable: "PERPLEXITY_API_KEY",
    needsKey: true,
    documentation: "https://docs.perplexity.ai",
  },
];
