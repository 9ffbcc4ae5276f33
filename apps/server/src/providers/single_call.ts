import type { Target } from "@cogniforge/core/engine";
import type { Cost, Usage } from "@cogniforge/core/events";
import type { UpstreamFailure } from "@cogniforge/core/failures";
import { UpstreamError } from "@cogniforge/core/failures";
import { costOf, StreamTiming } from "@cogniforge/core/metrics";
import type { ProviderPart } from "@cogniforge/core/providers";
import type { Clock } from "@cogniforge/core/resilience";

/** What a target did with one short question. Times in milliseconds. */
export interface CallReport {
  /** Why it did not work; absent where it did. */
  failure?: UpstreamFailure;
  /** The beginning of what it said. */
  text: string;
  /** The model's name as the provider gives it. */
  modelReported?: string;
  firstTokenMs?: number;
  totalMs: number;
  usage?: Usage;
  cost?: Cost;
}

export interface SingleCallOptions {
  clock: Clock;
  /** Whoever asked has left. */
  signal: AbortSignal;
  /** Called with the first content. */
  onAnswering: () => void;
  limits?: CallLimits;
}

/** Bounds of one call: somebody waits for it at the console, and it is paid for. */
export interface CallLimits {
  connectMs: number;
  firstTokenMs: number;
  totalMs: number;
}

export const CALL_LIMITS: CallLimits = { connectMs: 5_000, firstTokenMs: 15_000, totalMs: 20_000 };

/** Thinking counts as output too: with fewer tokens a model that thinks never comes to its words. */
const MOST_OUTPUT_TOKENS = 256;
const LONGEST_TEXT = 160;
const LONGEST_MODEL_NAME = 200;

const QUESTION = "Reply with one short sentence that says you are ready.";

/** Why the call was ended from this side. */
class Ended extends Error {
  readonly failure: UpstreamFailure | undefined;
  constructor(failure?: UpstreamFailure) {
    super("The call was ended");
    this.failure = failure;
  }
}

/**
 * Asks a target one short question, past the engine: nothing is written anywhere. Never throws for what the upstream does.
 *
 * A model that talks on is stopped as soon as there is something to show.
 */
export async function callOnce({ provider, model, priceOf }: Target, options: SingleCallOptions): Promise<CallReport> {
  const { clock, signal, onAnswering, limits = CALL_LIMITS } = options;
  const abort = new AbortController();
  const onLeave = () => abort.abort(new Ended({ code: "cancelled", action: "tell" }));
  if (signal.aborted) onLeave();
  signal.addEventListener("abort", onLeave, { once: true });
  const timing = new StreamTiming(clock.now());
  const report: CallReport = { text: "", totalMs: 0 };
  let isAnswering = false;
  let isFinished = false;
  const end = (failure: UpstreamFailure) => abort.abort(new Ended(isAnswering ? undefined : failure));
  const timers = [
    clock.setTimer(() => end({ code: "first-token-timeout", action: "fallback" }), limits.firstTokenMs),
    // Who has begun to answer works; only the rest is not waited for.
    clock.setTimer(() => abort.abort(new Ended()), limits.totalMs),
  ];
  const take = (part: ProviderPart) => {
    if (part.type === "text") {
      timing.noteText(clock.now());
      report.text = beginningOf(report.text + part.text);
    } else if (part.type === "model") report.modelReported = part.model.slice(0, LONGEST_MODEL_NAME);
    else if (part.type === "usage") report.usage = part.usage;
    else if (part.type === "cost") report.cost = part.cost;
    else if (part.type === "finish") isFinished = true;
    if (!isAnswering && (part.type === "text" || part.type === "reasoning")) {
      isAnswering = true;
      onAnswering();
    }
  };
  const request = {
    model,
    messages: [{ role: "user" as const, content: QUESTION }],
    parameters: {},
    maxOutputTokens: MOST_OUTPUT_TOKENS,
  };
  try {
    const stream = provider.stream(request, { signal: abort.signal, timeouts: limits });
    for await (const parts of stream) {
      parts.forEach(take);
      if (report.text.length >= LONGEST_TEXT) break;
    }
    // A stream that is aborted may also end quietly.
    abort.signal.throwIfAborted();
    if (!isAnswering) {
      report.failure = isFinished ? { code: "empty-answer", action: "retry" } : { code: "cut", action: "retry" };
    }
  } catch (error) {
    const failure = failureOf(error, abort.signal);
    if (failure !== undefined && !isFinished) report.failure = failure;
  } finally {
    for (const cancel of timers) cancel();
    signal.removeEventListener("abort", onLeave);
    abort.abort(new Ended());
  }
  const { firstTokenMs, totalMs } = timing.summary(clock.now());
  report.totalMs = totalMs;
  if (firstTokenMs !== undefined) report.firstTokenMs = firstTokenMs;
  if (report.cost === undefined && report.usage !== undefined && !provider.isTrial) {
    const price = priceOf?.(report.modelReported);
    const cost = price && costOf(report.usage, price);
    if (cost !== undefined) report.cost = cost;
  }
  return report;
}

function failureOf(error: unknown, signal: AbortSignal): UpstreamFailure | undefined {
  if (signal.reason instanceof Ended) return signal.reason.failure;
  if (error instanceof UpstreamError) return error.failure;
  return { code: "internal", action: "fallback" };
}

/** The first characters of a text, none of them halved. */
function beginningOf(text: string): string {
  return text.length <= LONGEST_TEXT ? text : text.slice(0, LONGEST_TEXT).replace(/[\ud800-\udbff]$/, "");
}
