import * as z from "zod";

const display = { display: z.enum(["summarized", "omitted"]).nullish() };

export const thinkingSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("enabled"), budget_tokens: z.int().min(1024), ...display }),
  z.strictObject({ type: z.literal("adaptive"), ...display }),
  z.strictObject({ type: z.literal("disabled") }),
]);
export type AnthropicThinking = z.infer<typeof thinkingSchema>;

/** Shares of the answer's tokens, as OpenRouter shares them out for each effort; halfway between two is the border. */
const LOW_BELOW = 0.35;
const MEDIUM_BELOW = 0.65;

/**
 * How hard a model of another maker is to think, as `reasoning_effort`: the effort that is named, else the one whose share of the
 * tokens is nearest to the budget.
 *
 * `undefined` where the model is to decide, and where thinking is switched off: models that can't think refuse any word about it.
 */
export function reasoningEffortOf(
  thinking: AnthropicThinking | null | undefined,
  { effort, maxTokens }: { effort: string | null | undefined; maxTokens: number },
): string | undefined {
  if (thinking?.type === "disabled") return undefined;
  if (effort) return effort;
  if (thinking?.type !== "enabled") return undefined;
  const share = thinking.budget_tokens / maxTokens;
  if (share < LOW_BELOW) return "low";
  return share < MEDIUM_BELOW ? "medium" : "high";
}
