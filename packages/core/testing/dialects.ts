import {
  AnthropicMessagesProvider,
  CohereProvider,
  GeminiProvider,
  OllamaProvider,
  OpenAiChatProvider,
  OpenAiResponsesProvider,
  type Provider,
} from "../providers/mod.ts";
import type { ReplayOptions } from "./corpus_replay.ts";

/** What a dialect's provider is made with where its decoding is tried. */
export type DialectOptions = ReplayOptions & { maxChars?: number };

/** Every dialect that is spoken over HTTP, with its name in the corpus. */
export const DIALECTS: Readonly<Record<string, (options: DialectOptions) => Provider>> = {
  "openai-chat": (options) => new OpenAiChatProvider(options),
  "openai-responses": (options) => new OpenAiResponsesProvider(options),
  "anthropic-messages": (options) => new AnthropicMessagesProvider(options),
  gemini: (options) => new GeminiProvider(options),
  ollama: (options) => new OllamaProvider(options),
  cohere: (options) => new CohereProvider(options),
};
