import { asCount, asObject, type JsonObject } from "../_json.ts";
import type { ChatQuirks, MaxTokensField, PrefillStyle } from "../catalogue/mod.ts";
import type { ProviderRequest } from "../provider.ts";
import { effortOf, strictMessages, strictTools } from "./strict_request.ts";

const PREFILL_MARK: Record<PrefillStyle, Record<string, boolean>> = {
  trailing: {},
  prefix: { prefix: true },
  partial: { partial: true },
  "continue-final-message": {},
};

/** How the body differs from OpenAI's own. */
export type BodyOptions = Pick<ChatQuirks, "maxTokensField" | "renames" | "refuses" | "isStrict"> & {
  prefillStyle?: PrefillStyle | undefined;
};

/** The body of the request; the caller's parameters pass through, except for those that are ours. */
export function buildRequestBody(request: ProviderRequest, options: BodyOptions = {}): Record<string, unknown> {
  const { maxTokensField = "max_tokens", prefillStyle, renames = {}, refuses = [] } = options;
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
  for (const [theirs, own] of Object.entries(renames)) {
    if (Object.hasOwn(body, theirs)) body[own] ??= body[theirs];
    delete body[theirs];
  }
  if (options.isStrict) {
    body.messages = strictMessages(body.messages as readonly JsonObject[]);
    if (body.tools !== undefined) body.tools = strictTools(body.tools);
    const effort = effortOf(body);
    if (effort !== undefined && refuses.includes("reasoning")) body.reasoning_effort = effort;
  }
  for (const field of refuses) delete body[field];
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
