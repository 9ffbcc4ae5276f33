import type { AnswerState } from "../events/mod.ts";
import { SHORTEST_RATED_MS } from "./stream_timing.ts";

/** Measures of an answer as they stand; unknown is absent. */
export interface LiveMeasures {
  elapsedMs?: number | undefined;
  /** Acceptance to the first text. */
  firstTokenMs?: number | undefined;
  tokensPerSecond?: number | undefined;
  /** Whether `tokensPerSecond` and `outputTokens` are estimated from characters, since the provider has not reported yet. */
  isEstimate: boolean;
  outputTokens?: number | undefined;
  /** Input and output, as reported. */
  totalTokens?: number | undefined;
  model?: string | undefined;
  provider?: string | undefined;
  /** How many attempts were made. */
  attempts: number;
}

/** Characters of a token, on average: Arabic script is cut finer than Latin by today's tokenizers. */
const LATIN_CHARACTERS_PER_TOKEN = 4;
const ARABIC_CHARACTERS_PER_TOKEN = 2.5;

/** Length of the sample by which a text's script is judged. */
const SAMPLE_LENGTH = 400;

/**
 * Derives the measures of an answer from its events: estimates while it runs, the authoritative numbers once it has ended.
 *
 * @param now Epoch milliseconds, on the clock that stamped the events.
 */
export function liveMeasures(state: AnswerState, now: number): LiveMeasures {
  return state.end === undefined ? runningMeasures(state, now) : endedMeasures(state, state.end);
}

function endedMeasures(state: AnswerState, end: NonNullable<AnswerState["end"]>): LiveMeasures {
  const { inputTokens, outputTokens } = end.usage ?? {};
  const isKnown = inputTokens !== undefined || outputTokens !== undefined;
  return {
    elapsedMs: end.timing.totalMs,
    firstTokenMs: end.timing.firstTokenMs,
    tokensPerSecond: end.timing.tokensPerSecond,
    isEstimate: false,
    outputTokens,
    totalTokens: isKnown ? (inputTokens ?? 0) + (outputTokens ?? 0) : undefined,
    model: end.modelReported ?? end.model,
    provider: end.provider,
    attempts: state.attempts.length,
  };
}

function runningMeasures(state: AnswerState, now: number): LiveMeasures {
  const startedAt = state.start?.at;
  const current = state.attempts.at(-1);
  const measures: LiveMeasures = {
    isEstimate: true,
    model: current?.modelReported ?? current?.model,
    provider: current?.provider,
    attempts: state.attempts.length,
  };
  if (startedAt === undefined) return measures;
  measures.elapsedMs = Math.max(0, now - startedAt);
  if (state.firstTokenAt === undefined || state.lastTokenAt === undefined) return measures;
  measures.firstTokenMs = Math.max(0, state.firstTokenAt - startedAt);
  measures.outputTokens = estimateTokens(state.text);
  const streamedMs = state.lastTokenAt - state.firstTokenAt;
  if (streamedMs >= SHORTEST_RATED_MS) measures.tokensPerSecond = (measures.outputTokens / streamedMs) * 1000;
  return measures;
}

/** A rough number of tokens of a text; always shown as an estimate. */
export function estimateTokens(text: string): number {
  const sample = text.slice(0, SAMPLE_LENGTH);
  const arabic = sample.match(/\p{Script=Arabic}/gu)?.length ?? 0;
  const perToken = arabic * 2 > sample.length ? ARABIC_CHARACTERS_PER_TOKEN : LATIN_CHARACTERS_PER_TOKEN;
  return Math.ceil(text.length / perToken);
}
