import type {
  AttemptReason,
  BreakerMove,
  Cost,
  FinishReason,
  SeamInfo,
  Timeouts,
  Timing,
  ToolCallInfo,
  Usage,
} from "../events/mod.ts";
import type { UpstreamFailure } from "../failures/mod.ts";
import { UpstreamError } from "../failures/mod.ts";
import type { StreamObserver } from "../metrics/mod.ts";
import { StreamTiming } from "../metrics/mod.ts";
import type { ProviderPart } from "../providers/mod.ts";
import type { Clock } from "../resilience/mod.ts";
import { ProgressWatch } from "../resilience/mod.ts";
import type { AttemptFact } from "./answer_writer.ts";
import type { AttemptShape } from "./continuer.ts";
import { AbortableWait, EndedByEngine } from "./ended.ts";
import { Intake } from "./intake.ts";
import type { Target } from "./route.ts";
import { nameOf } from "./route.ts";
import { tableCost } from "./table_cost.ts";

/** How long a report of usage, or the end mark, may come after the finish reason: late news is not worth a reader's wait. */
const AFTER_FINISH_MS = 2_000;

/** Why a stream that has not ended by itself is let go of; made once, since an error costs its stack. */
const OVER = new EndedByEngine("cancelled");

export interface AttemptOptions {
  attempt: number;
  target: Target;
  why: AttemptReason;
  shape: AttemptShape;
  /** Calls that readers have. */
  deliveredCalls: readonly ToolCallInfo[];
  timeouts: Timeouts;
  clock: Clock;
  /** Ends the attempt; its reason is an `EndedByEngine`. */
  signal: AbortSignal;
  /** Makes facts durable and so visible; awaited before the next read. */
  release: (facts: readonly AttemptFact[]) => Promise<void>;
  observer?: StreamObserver | undefined;
}

/** How an attempt went. */
export interface AttemptResult {
  outcome: "completed" | "failed" | "cancelled";
  failure: UpstreamFailure | undefined;
  /** Whether readers have something of it. */
  isCommitted: boolean;
  finishReason: FinishReason | undefined;
  modelReported: string | undefined;
  usage: Usage | undefined;
  cost: Cost | undefined;
  timing: Timing;
  /** How a continuation was joined. */
  seam: SeamInfo | undefined;
  /** The breakers that its end has moved. */
  breakers?: readonly BreakerMove[];
}

/**
 * Makes one try of an answer on one target: asks, watches the clocks, releases what comes, and judges the end.
 *
 * Never throws for what the upstream does: that is the result's `failure`. What `release` throws goes through.
 */
export async function runAttempt(options: AttemptOptions): Promise<AttemptResult> {
  const { attempt, target, shape, deliveredCalls, timeouts, clock, signal, release, observer } = options;
  const intake = new Intake({ attempt, shape, deliveredCalls });
  const timing = new StreamTiming(clock.now());
  const abort = new AbortController();
  const onEnded = () => abort.abort(signal.reason);
  if (signal.aborted) onEnded();
  else signal.addEventListener("abort", onEnded, { once: true });
  const silence = new ProgressWatch(clock, timeouts.firstTokenMs, () => {
    abort.abort(new EndedByEngine(intake.hasContent ? "stall" : "first-token-timeout"));
  });

  let isOver = false;
  let failure: UpstreamFailure | undefined;
  let releaseError: { error: unknown } | undefined;
  const stream = target.provider
    .stream({ ...shape.request, model: target.model }, { signal: abort.signal, timeouts })
    [Symbol.asyncIterator]();
  const wait = new AbortableWait(abort.signal);
  try {
    for (;;) {
      const read = await wait.for(stream.next());
      if (read.done) {
        isOver = true;
        break;
      }
      const now = clock.now();
      const before = timing.lastTextAt;
      const hasText = observe(read.value, timing, silence, now);
      if (hasText && before !== undefined) observer?.noteGap(nameOf(target), now - before);
      const facts = intake.take(read.value);
      if (facts.length > 0) {
        silence.hold(now);
        try {
          await release(facts);
        } catch (error) {
          releaseError = { error };
          break;
        }
        const releasedAt = clock.now();
        silence.resume(releasedAt);
        observer?.noteAddedLatency(releasedAt - now);
      }
      if (intake.finishReason !== undefined) silence.setLimit(Math.min(AFTER_FINISH_MS, timeouts.idleMs));
      else if (intake.hasContent) silence.setLimit(timeouts.idleMs);
    }
  } catch (error) {
    failure = failureOf(error);
  } finally {
    silence.stop();
    wait.release();
    signal.removeEventListener("abort", onEnded);
    if (!isOver) {
      abort.abort(OVER);
      // Not awaited: a provider that is slow to clean up holds nobody up.
      stream.return?.().catch(() => {});
    }
  }
  if (releaseError !== undefined) throw releaseError.error;
  if (intake.finishReason !== undefined) {
    try {
      await release(intake.finish());
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      intake.finishReason = undefined;
      failure = error.failure;
    }
  }
  const result = judge(intake, failure, timing.summary(clock.now(), intake.usage));
  result.cost ??= tableCost(target, shape.request, intake);
  const { reasoningDetails: details } = intake;
  // Only what led to the end is of use in the next turn: that of an attempt which failed goes with its reasoning.
  if (result.failure === undefined && details.length > 0) {
    await release([{ type: "reasoning-details", attempt, details }]);
  }
  return result;
}

/** @returns Whether there was text. */
function observe(parts: readonly ProviderPart[], timing: StreamTiming, silence: ProgressWatch, now: number): boolean {
  let sign: "progress" | "alive" = "alive";
  let chars = 0;
  let isFullProgress = false;
  for (const part of parts) {
    if (part.type === "headers") timing.noteHeaders(now);
    else if (part.type === "reasoning") timing.noteReasoning(now);
    else if (part.type === "text") chars += part.text.length;
    if (part.type === "headers" || part.type === "alive") continue;
    sign = "progress";
    // Reports come with every chunk of some upstreams: they say nothing of the model's pace.
    const isReport = part.type === "usage" || part.type === "model" || part.type === "cost";
    if (part.type !== "text" && !isReport) isFullProgress = true;
  }
  // Pieces of one read came at one moment: they are one delta, for the clock as for the reader.
  if (chars > 0) timing.noteText(now);
  // Text earns time by its length, so that a drip of single characters is left like silence.
  if (sign === "progress" && !isFullProgress) silence.note(sign, chars);
  else silence.note(sign);
  return chars > 0;
}

function failureOf(error: unknown): UpstreamFailure {
  if (error instanceof UpstreamError) return error.failure;
  if (error instanceof EndedByEngine) {
    const isOver = error.code === "deadline" || error.code === "cancelled" || error.code === "interrupted";
    return { code: error.code, action: isOver ? "tell" : "fallback" };
  }
  // A provider that throws anything else has a fault of its own; the answer must not die of it.
  return { code: "internal", action: "fallback", detail: String(error).slice(0, 200) };
}

function judge(intake: Intake, failure: UpstreamFailure | undefined, timing: Timing): AttemptResult {
  const { isCommitted, finishReason, modelReported, usage, cost, seam } = intake;
  const judged = verdict(intake, failure);
  const outcome = judged === undefined ? "completed" : judged.code === "cancelled" ? "cancelled" : "failed";
  return { outcome, failure: judged, isCommitted, finishReason, modelReported, usage, cost, timing, seam };
}

/** The truth of the end: no finish is a cut, a finish is a success whatever follows it, and nothing at all is a failure. */
function verdict(intake: Intake, failure: UpstreamFailure | undefined): UpstreamFailure | undefined {
  if (intake.finishReason === undefined) return failure ?? { code: "cut", action: "retry" };
  if (failure?.code === "cancelled") return failure;
  // A continuation that only repeats what readers have says that it was complete.
  if (intake.isCommitted || intake.seam !== undefined || intake.hasOnlyRepeatedCalls) return undefined;
  // A ceiling of tokens that was used up before any text is what the caller asked for: no target mends that.
  if (intake.finishReason.unified === "length" && !intake.isContinuation) return undefined;
  if (intake.finishReason.unified === "content-filter") return { code: "content-filter", action: "tell" };
  return { code: "empty-answer", action: "retry" };
}
