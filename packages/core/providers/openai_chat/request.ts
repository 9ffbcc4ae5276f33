import { asCount, asObject } from "../_json.ts";
import type { ProviderRequest } from "../provider.ts";

/** Names of the ceiling of output tokens: the old one, and the one that newer OpenAI models insist on. */
export type MaxTokensField = "max_tokens" | "max_completion_tokens";

/**
 * How a provider of this dialect is handed the beginning of the model's own message: as a trailing assistant message, alone or
 * with the mark that its maker asks for.
 *
 * - `trailing`: no mark (Anthropic's models behind OpenRouter and gateways).
 * - `prefix`: `prefix: true` (DeepSeek's beta endpoint, Mistral).
 * - `partial`: `partial: true` (Qwen, Kimi).
 * - `continue-final-message`: the request says `continue_final_message: true` and `add_generation_prompt: false` (vLLM).
 */
export type PrefillStyle = "trailing" | "prefix" | "partial" | "continue-final-message";

const PREFILL_MARK: Record<PrefillStyle, Record<string, boolean>> = {
  trailing: {},
  prefix: { prefix: true },
  partial: { partial: true },
  "continue-final-message": {},
};

/** Hosts whose way of continuing a message is documented. */
const PREFILL_BY_HOST: readonly [host: RegExp, style: PrefillStyle][] = [
  [/(^|\.)mistral\.ai$/, "prefix"],
  [/(^|\.)moonshot\.(cn|ai)$/, "partial"],
  [/(^|\.)dashscope(-intl)?\.aliyuncs\.com$/, "partial"],
];

/** The way of a provider that is known by its address; `undefined` where none is documented. */
export function prefillStyleOf({ hostname, pathname }: URL): PrefillStyle | undefined {
  // DeepSeek takes a prefix on its beta endpoint alone.
  if (hostname === "api.deepseek.com") return pathname.startsWith("/beta/") ? "prefix" : undefined;
  return PREFILL_BY_HOST.find(([host]) => host.test(hostname))?.[1];
}

/** The body of the request; the caller's parameters pass through, except for those that are ours. */
export function buildRequestBody(
  request: ProviderRequest,
  { maxTokensField, prefillStyle }: { maxTokensField: MaxTokensField; prefillStyle?: PrefillStyle | undefined },
): Record<string, unknown> {
  const body: Record<string, unknown> = {
    ...request.parameters,
    model: request.model,
    messages: request.messages,
    stream: true,
    stream_options: { ...asObject(request.parameters.stream_options), include_usage: true },
  };
  if (request.prefill !== undefined && prefillStyle !== undefined) addPrefill(body, request, prefillStyle);
  const ceiling = request.maxOutputTokens;
  if (ceiling !== undefined) limitOutput(body, ceiling, maxTokensField);
  return body;
}

function addPrefill(body: Record<string, unknown>, { messages, prefill }: ProviderRequest, style: PrefillStyle): void {
  body.messages = [...messages, { role: "assistant", content: prefill, ...PREFILL_MARK[style] }];
  if (style === "continue-final-message")
    Object.assign(body, { continue_final_message: true, add_generation_prompt: false });
}

/** A smaller limit of the caller's stays, under the name that the caller uses. */
function limitOutput(body: Record<string, unknown>, ceiling: number, ownField: MaxTokensField): void {
  const fields: MaxTokensField[] = ["max_tokens", "max_completion_tokens"];
  const given = fields.filter((field) => body[field] !== undefined && body[field] !== null);
  for (const field of given.length > 0 ? given : [ownField]) {
    body[field] = Math.min(asCount(body[field]) ?? ceiling, ceiling);
  }
}
