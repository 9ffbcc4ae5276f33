import type { Cost, Usage } from "../events/mod.ts";

/** What a model's tokens cost, in US dollars per million; absent where it is not known. */
export interface Price {
  /** Tokens of the prompt that come neither from the provider's cache nor go into it. */
  readonly input: number;
  /** Tokens of the prompt that come from the provider's cache. */
  readonly cachedInput?: number | undefined;
  /** Tokens of the prompt that go into the provider's cache. */
  readonly cacheWrite?: number | undefined;
  /** Tokens of the answer, reasoning included. */
  readonly output: number;
  /** The longest prompt, in tokens, for which these prices hold; absent means that they hold for all. */
  readonly upToInputTokens?: number | undefined;
}

const MILLION = 1_000_000;

/**
 * What an attempt cost by a price table, or `undefined` where anything that decides it is not known.
 *
 * ```
 * amount = ((inputTokens − cachedInputTokens − cacheWriteTokens) × input + cachedInputTokens × cachedInput
 *           + cacheWriteTokens × cacheWrite + outputTokens × output) ÷ 1,000,000
 * ```
 *
 * A part of the prompt that has a price of its own must have been counted; one that was counted must have a price. A part with
 * neither is no part of the sum.
 */
export function costOf(usage: Usage, price: Price): Cost | undefined {
  const { inputTokens, outputTokens } = usage;
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  if (price.upToInputTokens !== undefined && inputTokens > price.upToInputTokens) return undefined;
  const cached = partOf(usage.cachedInputTokens, price.cachedInput);
  const written = partOf(usage.cacheWriteTokens, price.cacheWrite);
  if (cached === undefined || written === undefined) return undefined;
  const fresh = inputTokens - cached.tokens - written.tokens;
  // Counts that do not fit together tell nothing.
  if (fresh < 0) return undefined;
  const sum = fresh * price.input + cached.sum + written.sum + outputTokens * price.output;
  return { amount: sum / MILLION, currency: "USD", source: "table" };
}

function partOf(tokens: number | undefined, price: number | undefined): { tokens: number; sum: number } | undefined {
  if (price === undefined) return (tokens ?? 0) > 0 ? undefined : { tokens: 0, sum: 0 };
  return tokens === undefined ? undefined : { tokens, sum: tokens * price };
}
