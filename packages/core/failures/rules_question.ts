import { anyOf, type Rule } from "./rule.ts";

/** Errors about the question itself: no key, no wait and no other account mends them. */
export const QUESTION_RULES: readonly Rule[] = [
  {
    code: "content-filter",
    action: "tell",
    words: [
      ...["content_filter", "content_policy_violation", "responsible_aipolicy_violation", "invalid_prompt"],
      ...["flagged_input", "prompt_blocked", "data_inspection_failed", "content_moderation", "safety_check_failed"],
      ...["safety_violation", "moderation_blocked", "cyber_policy", "censorship_blocked", "1301"], // OpenAI, StepFun, Zhipu
      ...["1026", "1027"], // MiniMax
    ],
    wordsLike: /sensitive_content_detected|risk_detection/, // Volcengine has one for each kind of input and output
    says: anyOf(
      "content management policy", // Azure
      "content[- ]?policy ?violation|flagged by (our )?moderation",
      "(blocked|filtered) (by|due to|for) (a |an |our |the )?(content|filter|safety)", // Anthropic in the middle of an answer, Cohere
      "(by|of) (our|the) safety system|flagged for potential|potentially violating our usage policy", // OpenAI
      "violates (our |the )?usage (guidelines|polic)", // xAI
      "sensitive (content|information)|new_sensitive|inappropriate content|敏感内容", // Zhipu, Volcengine, MiniMax, Alibaba
    ),
  },
  {
    code: "context-too-long",
    action: "fallback",
    words: [
      ...["context_length_exceeded", "exceed_context_size_error", "too_many_prompt_tokens", "context_window_exceeded"],
      ...["model_context_window_exceeded", "context_length_exceeded_error", "1261", "336003", "336103"], // Zhipu, Baidu
    ],
    says: anyOf(
      "prompt (is )?too long|prompt exceeds max length", // Anthropic, Ollama, Zhipu
      "maximum (context|prompt) length", // OpenAI, DeepSeek, vLLM, Mistral, OpenRouter, xAI
      "longer than the (maximum model length|model'?s context)", // vLLM, SGLang
      "input token count .{0,60}exceeds", // Gemini
      "input token count is [\\d,]+ but", // Vertex
      "exceed(s|ed)? (the |this )?(model'?s? )?(available |max(imum)? )?context", // Anthropic, llama.cpp, Cloudflare
      "greater than the context length|context length of only", // LM Studio
      "context ?(length|window) ?(is |was )?exceed|context window exceeds", // MiniMax, LiteLLM
      "input is too long|too many tokens: ", // Bedrock, Cohere
      "exceeded model token limit", // Moonshot
      "reduce the length of (the|your) (messages|prompt|input)", // Groq
      "`inputs` (tokens \\+ `max_new_tokens` must be|must have less than)", // Hugging Face, Together
      "length of prompt_tokens .{0,40}must be less than", // SiliconFlow
      "range of input length should be|max input characters is|exceed max message tokens", // Alibaba, Baidu, Volcengine
      "number of input tokens [\\d,]+ cannot exceed", // watsonx
    ),
    // "Too many tokens" in a minute are not too many for the model.
    only: (error) => error.status !== 429,
  },
];
