import type { Usage } from "../../events/mod.ts";
import { asCount, asObject, type JsonObject } from "../_json.ts";

/**
 * Adds up what the chunks report: each says what is known so far, and some say only a part of it.
 *
 * Tokens of tool results (`toolUsePromptTokenCount`) are no part of the caller's prompt and are not counted as input.
 */
export class UsageReport {
  #raw: JsonObject = {};
  #usage: Usage = {};

  /** The usage so far, if the chunk brings news of it. */
  read(chunk: JsonObject): Usage | undefined {
    const raw = asObject(chunk.usageMetadata);
    if (raw === undefined) return undefined;
    this.#raw = { ...this.#raw, ...raw };
    const usage = toUsage(this.#raw);
    const isNews = (Object.keys(usage) as (keyof Usage)[]).some((key) => usage[key] !== this.#usage[key]);
    if (!isNews) return undefined;
    this.#usage = usage;
    return usage;
  }
}

function toUsage(raw: JsonObject): Usage {
  const usage: Usage = {};
  const inputTokens = asCount(raw.promptTokenCount);
  if (inputTokens !== undefined) usage.inputTokens = inputTokens;
  const cachedInputTokens = asCount(raw.cachedContentTokenCount);
  if (cachedInputTokens !== undefined) usage.cachedInputTokens = cachedInputTokens;
  const reasoningTokens = asCount(raw.thoughtsTokenCount);
  if (reasoningTokens !== undefined) usage.reasoningTokens = reasoningTokens;
  const candidateTokens = asCount(raw.candidatesTokenCount);
  // Thoughts stand beside the candidate's tokens, and are paid for as output.
  const outputTokens = candidateTokens === undefined ? reasoningTokens : candidateTokens + (reasoningTokens ?? 0);
  if (outputTokens !== undefined) usage.outputTokens = outputTokens;
  return usage;
}
