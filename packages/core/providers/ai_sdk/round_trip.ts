import { asArray, asObject, asText, type JsonObject } from "../_json.ts";
import type { ProviderOptions } from "./model.ts";

/**
 * What a provider wants back in the next turn travels through our own vocabulary as it is, under this name, and beside it under the
 * names that other dialects know, so that another target can take the conversation over.
 */
const OWN_FIELD = "ai_sdk";

/** What is to come back beside a tool call, as `extra_content` has it. */
export function toExtra(metadata: unknown): JsonObject | undefined {
  const own = asMetadata(metadata);
  if (own === undefined) return undefined;
  const signature = Object.values(own)
    .map(({ thoughtSignature }) => asText(thoughtSignature))
    .find((text) => text !== undefined);
  return { [OWN_FIELD]: own, ...(signature !== undefined && { google: { thought_signature: signature } }) };
}

/** The options of a tool call that has come back. */
export function fromExtra(extra: unknown): ProviderOptions | undefined {
  const own = asMetadata(asObject(extra)?.[OWN_FIELD]);
  if (own !== undefined) return own;
  const signature = asText(asObject(asObject(extra)?.google)?.thought_signature);
  return signature === undefined ? undefined : { google: { thoughtSignature: signature } };
}

/** What is to come back of one block of reasoning, as `reasoning_details` has it; `undefined` if the provider wants nothing back. */
export function toReasoningDetail(text: string, metadata: unknown): JsonObject | undefined {
  const own = asMetadata(metadata);
  if (own === undefined) return undefined;
  const { signature, redactedData } = own.anthropic ?? {};
  const hidden = asText(redactedData);
  return {
    type: hidden === undefined ? "reasoning.text" : "reasoning.encrypted",
    ...(hidden === undefined ? { text } : { data: hidden }),
    ...(asText(signature) !== undefined && { signature }),
    ...(own.anthropic !== undefined && { format: "anthropic-claude-v1" }),
    [OWN_FIELD]: own,
  };
}

/** The blocks of reasoning that have come back; those of other dialects only where their format is known. */
export function fromReasoningDetails(details: unknown): { text: string; providerOptions: ProviderOptions }[] {
  const blocks: { text: string; providerOptions: ProviderOptions }[] = [];
  for (const value of asArray(details)) {
    const detail = asObject(value);
    const text = asText(detail?.text) ?? "";
    const own = asMetadata(detail?.[OWN_FIELD]);
    if (own !== undefined) blocks.push({ text, providerOptions: own });
    else if (asText(detail?.format)?.startsWith("anthropic") !== true) continue;
    else if (asText(detail?.signature) !== undefined) {
      blocks.push({ text, providerOptions: { anthropic: { signature: detail?.signature } } });
    } else if (asText(detail?.data) !== undefined) {
      blocks.push({ text, providerOptions: { anthropic: { redactedData: detail?.data } } });
    }
  }
  return blocks;
}

/** Metadata that says anything. */
function asMetadata(value: unknown): ProviderOptions | undefined {
  const entries = Object.entries(asObject(value) ?? {}).filter(
    ([, own]) => Object.keys(asObject(own) ?? {}).length > 0,
  );
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as ProviderOptions);
}
