import type { AnswerEnd, FinishReason, ToolCallInfo, Usage } from "@cogniforge/core/events";

/** OpenAI's word for why the model stopped. */
export function openAiFinishReason(reason: FinishReason | undefined, isLegacy = false): string {
  switch (reason?.unified) {
    case "length":
      return "length";
    case "tool-calls":
      return isLegacy ? "function_call" : "tool_calls";
    case "content-filter":
      // A model that declines in words of its own has stopped, as OpenAI has it; a filter has not let it go on.
      return reason.raw === "stop" || reason.raw === "completed" ? "stop" : "content_filter";
    default:
      return "stop";
  }
}

/**
 * OpenAI's usage over all attempts of all choices, with the cost as OpenRouter writes it; `undefined` if no provider reported any.
 *
 * A half that nobody reported is null: a 0 would be a lie, and a missing field would make a client's sum no number.
 */
export function openAiUsage(ends: readonly AnswerEnd[]): Record<string, unknown> | undefined {
  const prompt = sumOf(ends, "inputTokens");
  const completion = sumOf(ends, "outputTokens");
  if (prompt === undefined && completion === undefined) return undefined;
  const cached = sumOf(ends, "cachedInputTokens");
  const reasoning = sumOf(ends, "reasoningTokens");
  const cost = costOf(ends);
  return {
    prompt_tokens: prompt ?? null,
    completion_tokens: completion ?? null,
    total_tokens: prompt === undefined || completion === undefined ? null : prompt + completion,
    ...(cached !== undefined && { prompt_tokens_details: { cached_tokens: cached } }),
    ...(reasoning !== undefined && { completion_tokens_details: { reasoning_tokens: reasoning } }),
    ...(cost && { cost: cost.amount }),
  };
}

/** A call as OpenAI's messages hold it, with what its provider wants back. */
export function openAiToolCall({ id, name, arguments: args, extra }: Omit<ToolCallInfo, "attempt" | "index">) {
  return { id, type: "function", function: { name, arguments: args }, ...(extra && { extra_content: extra }) };
}

/** Reasoning under the names of both conventions: DeepSeek's and OpenRouter's. */
export function openAiReasoning(text: string): Record<string, string> {
  return { reasoning_content: text, reasoning: text };
}

/** Tokens with their log probabilities, under what they are tokens of. */
export function openAiLogprobs(tokens: readonly unknown[], isRefusal: boolean): Record<string, unknown> {
  return isRefusal ? { content: null, refusal: tokens } : { content: tokens, refusal: null };
}

/** Our own extension of a choice: who answered, in how many attempts, at what cost. */
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

/** Our own extension of a whole response: that of its one choice, or those of all with the cost of all. */
export function extensionOfAll(answerIds: readonly string[], ends: readonly AnswerEnd[]): Record<string, unknown> {
  const [first] = ends;
  if (first !== undefined && ends.length === 1) return extensionOf(answerIds[0] ?? "", first);
  return {
    answerIds,
    choices: ends.map((end, index) => extensionOf(answerIds[index] ?? "", end)),
    cost: costOf(ends) ?? null,
  };
}

/** The model that really answered, as its provider names it. */
export function modelOf({ model, modelReported }: AnswerEnd, route: string): string {
  return modelReported ?? model ?? route;
}

/** The id of a chat completion: OpenAI's form, made of its first answer's. */
export function completionId(answerId: string): string {
  return `chatcmpl-${answerId}`;
}

function sumOf(ends: readonly AnswerEnd[], key: keyof Usage): number | undefined {
  const known = ends.flatMap(({ usage }) => usage?.[key] ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, one) => sum + one, 0);
}

function costOf(ends: readonly AnswerEnd[]): AnswerEnd["cost"] {
  const costs = ends.flatMap(({ cost }) => cost ?? []);
  const [first] = costs;
  if (first === undefined || costs.length === 1) return first;
  return {
    amount: costs.reduce((sum, { amount }) => sum + amount, 0),
    currency: "USD",
    source: costs.every(({ source }) => source === "provider") ? "provider" : "table",
  };
}
