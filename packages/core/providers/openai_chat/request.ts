import { asCount, asObject } from "../_json.ts";
import type { ProviderRequest } from "../provider.ts";

/** Names of the ceiling of output tokens: the old one, and the one that newer OpenAI models insist on. */
export type MaxTokensField = "max_tokens" | "max_completion_tokens";

/** The body of the request; the caller's parameters pass through, except for those that are ours. */
export function buildRequestBody(request: ProviderRequest, maxTokensField: MaxTokensField): Record<string, unknown> {
  const body: Record<string, unknown> = {
    ...request.parameters,
    model: request.model,
    messages: request.messages,
    stream: true,
    stream_options: { ...asObject(request.parameters.stream_options), include_usage: true },
  };
  const ceiling = request.maxOutputTokens;
  if (ceiling !== undefined) limitOutput(body, ceiling, maxTokensField);
  return body;
}

/** A smaller limit of the caller's stays, under the name that the caller uses. */
function limitOutput(body: Record<string, unknown>, ceiling: number, ownField: MaxTokensField): void {
  const fields: MaxTokensField[] = ["max_tokens", "max_completion_tokens"];
  const given = fields.filter((field) => body[field] !== undefined && body[field] !== null);
  for (const field of given.length > 0 ? given : [ownField]) {
    body[field] = Math.min(asCount(body[field]) ?? ceiling, ceiling);
  }
}
