import type { LanguageModelV2, LanguageModelV3, LanguageModelV4 } from "@ai-sdk/provider";

/** A language model of the AI SDK, in any version of its specification that is in use. */
export type AiSdkModel = LanguageModelV2 | LanguageModelV3 | LanguageModelV4;

/** The version of the specification that a model follows. */
export type AiSdkVersion = AiSdkModel["specificationVersion"];

/** What a model says, piece by piece. */
export type AiSdkPart = AiSdkStream extends ReadableStream<infer Part> ? Part : never;
type AiSdkStream = Awaited<ReturnType<AiSdkModel["doStream"]>>["stream"];

/** Options or metadata of providers, by the provider's name in the SDK. */
export type ProviderOptions = Record<string, Record<string, unknown>>;

/** The name under which a model's package looks for its own options: `openai` for `openai.chat`. */
export function namespaceOf({ provider }: AiSdkModel): string {
  const name = provider.split(".")[0]?.trim() ?? "";
  return name.replace(/[-_]+(\w)/g, (_, letter: string) => letter.toUpperCase());
}
