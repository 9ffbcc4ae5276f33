import type { Dialect } from "../provider.ts";

/** The wire languages of providers that are reached over HTTP. */
export type HttpDialect = Extract<
  Dialect,
  "openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "ollama" | "cohere"
>;

/** Names of the ceiling of output tokens: the old one, and the one that newer OpenAI models insist on. */
export type MaxTokensField = "max_tokens" | "max_completion_tokens";

/**
 * How a provider of OpenAI's chat dialect is handed the beginning of the model's own message: as a trailing assistant message,
 * alone or with the mark that its maker asks for.
 *
 * - `trailing`: no mark (Anthropic's models behind OpenRouter and gateways).
 * - `prefix`: `prefix: true` (DeepSeek's beta endpoint, Mistral).
 * - `partial`: `partial: true` (Qwen, Kimi).
 * - `continue-final-message`: the request says `continue_final_message: true` and `add_generation_prompt: false` (vLLM).
 */
export type PrefillStyle = "trailing" | "prefix" | "partial" | "continue-final-message";

/** What a target can do; absent where it is not known. */
export interface Abilities {
  tools?: boolean;
  images?: boolean;
  /** Holds its text to a JSON schema. */
  structuredOutput?: boolean;
  /** Thinks before it answers, or can be told to. */
  reasoning?: boolean;
  logprobs?: boolean;
}

/** How a provider's native continuation is reached. */
export interface PresetPrefill {
  readonly style: PrefillStyle;
  /** The models that go on; absent means all. */
  readonly accepts?: (model: string) => boolean;
  /** The path of the base URL that takes it, where that is another one. */
  readonly basePath?: string;
}

/** Where a provider of OpenAI's chat dialect differs from OpenAI. */
export interface ChatQuirks {
  /** Absent means the old name. */
  readonly maxTokensField?: MaxTokensField;
  readonly prefill?: PresetPrefill;
  /** OpenAI's fields that have another name there. */
  readonly renames?: Readonly<Record<string, string>>;
  /** Fields that make it refuse the request, and without which the answer is the same: they are left out. */
  readonly refuses?: readonly string[];
  /** Refuses fields of other makers in messages and tools, such as the reasoning that they want back: those are left out. */
  readonly isStrict?: true;
}

/** One way to speak to a provider. */
export interface PresetEndpoint {
  readonly dialect: HttpDialect;
  /** With the version's path; `{resource}` stands for the operator's own part of the name. */
  readonly baseUrl: string;
}

/** A provider that is known by its name: where it is, how it is spoken to and what is special about it. */
export interface ProviderPreset {
  /** Also the name under which it is usable when only its key is set. */
  readonly name: string;
  /** As its maker writes it. */
  readonly title: string;
  /** The first is taken where no dialect is asked for. */
  readonly endpoints: readonly [PresetEndpoint, ...PresetEndpoint[]];
  /** Domains that are its own, sub-domains included; none for servers that anybody runs. */
  readonly domains?: readonly string[];
  /** Name of the environment variable in which its key is looked for. */
  readonly keyVariable?: string;
  /** Whether it refuses calls without a key. */
  readonly needsKey: boolean;
  /** The variable is set for other purposes too: it alone does not set the provider up. */
  readonly isKeyShared?: true;
  /** Name of the environment variable that holds the base URL, for providers at an address of the operator's own. */
  readonly baseUrlVariable?: string;
  /** The header that carries the key as it is, where that is not the dialect's own. */
  readonly keyHeader?: string;
  readonly documentation: string;
  /** What its endpoint lets through: `false` rules an ability out for every model, `true` leaves it to the model. */
  readonly abilities?: Abilities;
  readonly chat?: ChatQuirks;
}
