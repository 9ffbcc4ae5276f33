import type { AnswerEnd, FinishReason, Usage } from "@cogniforge/core/events";

/** OpenAI's word for why the model stopped. */
export function openAiFinishReason(reason: FinishReason | undefined): string {
  switch (reason?.unified) {
    case "length":
      return "length";
    case "tool-calls":
      return "tool_calls";
    case "content-filter":
      return "content_filter";
    default:
      return "stop";
  }
}

/** OpenAI's usage; `undefined` if the provider reported none. */
export function openAiUsage(usage: Usage | undefined): Record<string, unknown> | undefined {
  if (usage?.inputTokens === undefined && usage?.outputTokens === undefined) return undefined;
  const { inputTokens = 0, outputTokens = 0, cachedInputTokens, reasoningTokens } = usage;
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(cachedInputTokens !== undefined && { prompt_tokens_details: { cached_tokens: cachedInputTokens } }),
    ...(reasoningTokens !== undefined && { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  };
}

/** Our own extension of a response: who answered, in how many attempts, at what cost. */
export function extensionOf(answerId: string, end: AnswerEnd): Record<string, unknown> {
  const { provider, attempts, cost, trial } = end;
  return {
    answerId,
    provider: provider ?? null,
    attempts: attempts.map(({ provider, model, why, outcome, failureCode, from, to }) => ({
      provider,
      model,
      why,
      outcome,
      ...(failureCode !== undefined && { failureCode }),
      from,
      to,
    })),
    cost: cost ?? null,
    ...(trial && { trial }),
  };
}

/** The model that really answered, as its provider names it. */
export function modelOf({ model, modelReported }: AnswerEnd, route: string): string {
  return modelReported ?? model ?? route;
}

/** The id of a chat completion: OpenAI's form, made of the answer's. */
export function completionId(answerId: string): string {
  return `chatcmpl-${answerId}`;
}
