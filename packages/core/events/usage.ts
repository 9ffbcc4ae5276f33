import * as z from "zod";

/**
 * Tokens as the provider reports them. Unknown is absent, never 0.
 *
 * `inputTokens` includes the cached part and what was written into the provider's cache, `outputTokens` includes reasoning.
 */
export const usageSchema = z.object({
  inputTokens: z.number().nonnegative().optional(),
  cachedInputTokens: z.number().nonnegative().optional(),
  cacheWriteTokens: z.number().nonnegative().optional(),
  outputTokens: z.number().nonnegative().optional(),
  reasoningTokens: z.number().nonnegative().optional(),
});
export type Usage = z.infer<typeof usageSchema>;

/** What an attempt cost, and who says so. */
export const costSchema = z.object({
  amount: z.number().nonnegative(),
  currency: z.literal("USD"),
  /** `provider`: the upstream's own report; `table`: computed from a price table. */
  source: z.enum(["provider", "table"]),
});
export type Cost = z.infer<typeof costSchema>;

/** Why the model stopped: our word, and the provider's own beside it. */
export const finishReasonSchema = z.object({
  unified: z.enum(["stop", "length", "tool-calls", "content-filter", "other"]),
  raw: z.string().optional(),
});
export type FinishReason = z.infer<typeof finishReasonSchema>;

/** Measures of one attempt, or of a whole answer; milliseconds from its start on one monotonic clock. */
export const timingSchema = z.object({
  /** Until the upstream's response headers. */
  headersMs: z.number().nonnegative().optional(),
  /** Until the first non-empty content delta. */
  firstTokenMs: z.number().nonnegative().optional(),
  /** Until the first reasoning delta, where the model shows its reasoning. */
  firstReasoningMs: z.number().nonnegative().optional(),
  totalMs: z.number().nonnegative(),
  /** Content deltas received from the upstream. */
  deltas: z.int().nonnegative(),
  /** Gaps between consecutive content deltas, the first excluded; absent with fewer than two deltas. */
  interTokenMs: z.object({ p50: z.number(), p95: z.number(), max: z.number() }).optional(),
  /** Output tokens by usage, divided by the time from the first token to the end; absent without usage. */
  tokensPerSecond: z.number().nonnegative().optional(),
});
export type Timing = z.infer<typeof timingSchema>;
