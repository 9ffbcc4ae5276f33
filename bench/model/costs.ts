import { LIVE_TOKENS, SHORT_TOKENS } from "./inputs.ts";

/**
 * What a token costs in answers of a length, from what it costs in those of the scenario `live`.
 *
 * Those hold a hundredth of what an answer costs once. Shorter answers hold more of it, which is added; of longer ones nothing is
 * taken off, so that they come out somewhat too dear.
 *
 * @param liveToken Of a token in `live`.
 * @param shortAnswer Of a whole answer in `short`, in the same unit.
 */
export function costOfToken(liveToken: number, shortAnswer: number, tokensPerAnswer: number): number {
  return liveToken + Math.max(0, 1 / tokensPerAnswer - 1 / LIVE_TOKENS) * shortAnswer;
}

/** What an answer costs or holds at a length: on the line through `short` and `live`, which never falls. */
export function costOfAnswer(short: number, live: number, tokensPerAnswer: number): number {
  const slope = Math.max(0, live - short) / (LIVE_TOKENS - SHORT_TOKENS);
  return Math.max(0, short + slope * (tokensPerAnswer - SHORT_TOKENS));
}
