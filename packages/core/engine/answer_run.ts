import type { PrefillMemory, Strategy } from "../continuation/mod.ts";
import type { AnswerState, FailureInfo, NextStep } from "../events/mod.ts";
import { PROTOCOL_VERSION } from "../events/mod.ts";
import type { UpstreamFailure } from "../failures/mod.ts";
import { failureInfo } from "../failures/mod.ts";
import { StreamTiming } from "../metrics/mod.ts";
import type { Clock } from "../resilience/mod.ts";
import { wait } from "../resilience/mod.ts";
import type { AnswerFact, AnswerWriter, AttemptFact } from "./answer_writer.ts";
import type { Ask } from "./ask.ts";
import type { AttemptResult } from "./attempt.ts";
import { runAttempt } from "./attempt.ts";
import type { AttemptShape } from "./continuer.ts";
import { Continuer, isBegun } from "./continuer.ts";
import { EndedByEngine } from "./ended.ts";
import type { Step } from "./plan.ts";
import { Plan } from "./plan.ts";
import type { Route } from "./route.ts";
import { nameOf, policyOf } from "./route.ts";
import type { FailedAttempt } from "./summary.ts";
import { failureInfoOf, finalFailure, totalCost, totalUsage } from "./summary.ts";

export interface AnswerRunOptions {
  answerId: string;
  ask: Ask;
  route: Route;
  writer: AnswerWriter;
  clock: Clock;
  random: () => number;
  /** What is known of the targets' ability to go on. */
  memory: PrefillMemory;
  /** Ends the answer; its reason is an `EndedByEngine`. */
  signal: AbortSignal;
}

/** How an answer ended: what its last event says. */
interface Ending {
  last: { [Key in "outcome" | "usage" | "finishReason"]?: AttemptResult[Key] | undefined } | undefined;
  failure: FailureInfo | undefined;
}

/**
 * Carries one answer from its acceptance (or from where a dead holder left it) to its terminal event.
 *
 * @throws {LeaseLostError} If another process took the answer over; nothing more is written then.
 * @throws {EndedByEngine} If the signal says `interrupted`: the journal stays open for whoever goes on.
 */
export async function runAnswer(options: AnswerRunOptions): Promise<void> {
  const { writer, clock } = options;
  const timing = new StreamTiming(clock.now());
  if (writer.state.seq === 0) await writer.write([answerStart(options)]);
  await closeOpenAttempt(writer);
  const ending = await endingOf(options, timing);
  await writer.write([await answerEnd(writer, ending, timing, clock.now())]);
}

async function endingOf(options: AnswerRunOptions, timing: StreamTiming): Promise<Ending> {
  const { ask, route, writer, memory } = options;
  const { state } = writer;
  const last = state.attempts.at(-1);
  // The dead holder had all of it, and died before it could say so.
  if (last?.outcome === "completed") return { last, failure: undefined };
  const continuer = new Continuer(ask, memory);
  if (isBegun(state) && !continuer.mayContinue(state, route.onCut)) {
    return { last: undefined, failure: failureInfo("interrupted") };
  }
  return runAttempts(options, continuer, timing);
}

function answerStart({ answerId, ask, route }: AnswerRunOptions): AnswerFact {
  const { conversationId } = ask;
  return {
    type: "answer-start",
    version: PROTOCOL_VERSION,
    answerId,
    ...(conversationId === undefined ? {} : { conversationId }),
    route: route.name,
    policy: policyOf(route),
  };
}

/** An attempt that the dead holder left open ends here, with what is known of it. */
async function closeOpenAttempt(writer: AnswerWriter): Promise<void> {
  const open = writer.state.attempts.findLast(({ outcome }) => outcome === undefined);
  if (open === undefined) return;
  await writer.write([
    {
      type: "attempt-end",
      attempt: open.attempt,
      outcome: "failed",
      failure: failureInfo("interrupted"),
      timing: { totalMs: 0, deltas: 0 },
    },
  ]);
}

async function runAttempts(options: AnswerRunOptions, continuer: Continuer, timing: StreamTiming): Promise<Ending> {
  const { route, writer, clock, random, signal } = options;
  const ended = new AbortController();
  const onEnded = () => ended.abort(signal.reason);
  if (signal.aborted) onEnded();
  else signal.addEventListener("abort", onEnded, { once: true });
  const cancelDeadline = clock.setTimer(() => ended.abort(new EndedByEngine("deadline")), route.timeouts.totalMs);
  const plan = new Plan(route, { now: () => clock.now(), random, deadline: clock.now() + route.timeouts.totalMs });
  const failed: FailedAttempt[] = [];
  try {
    let step = plan.first(writer.state.attempts.length > 0 ? "recovery" : "first");
    let last: AttemptResult | undefined;
    while (step !== undefined) {
      const attempt = (writer.state.attempts.at(-1)?.attempt ?? 0) + 1;
      const { target, why } = step;
      const shape = continuer.shape(target, writer.state);
      if (shape === undefined) {
        step = plan.without();
        continue;
      }
      await writer.write([attemptStart(step, attempt, writer.state.text.length, shape.strategy)]);
      last = await runAttempt({
        attempt,
        target,
        why,
        shape,
        deliveredCalls: writer.state.toolCalls,
        timeouts: route.timeouts,
        clock,
        signal: ended.signal,
        release: (facts) => {
          noteFacts(timing, facts, clock.now());
          return writer.write(facts);
        },
      });
      if (isInterrupted(signal)) throw signal.reason;
      if (last.failure !== undefined) failed.push({ ...nameOf(target), failure: last.failure });
      step = nextStep({ plan, continuer, state: writer.state, route, step, shape, result: last });
      await writer.write([attemptEnd(last, attempt, step)]);
      if (step !== undefined && step.waitMs > 0) {
        const interruption = await waitOrEnd(clock, step.waitMs, ended.signal);
        if (isInterrupted(signal)) throw signal.reason;
        if (interruption !== undefined) {
          failed.push({ ...nameOf(step.target), failure: interruption });
          last = { ...last, outcome: interruption.code === "cancelled" ? "cancelled" : "failed" };
          return { last, failure: finalFailure(failed) };
        }
      }
    }
    return { last, failure: last?.outcome === "completed" ? undefined : finalFailure(failed) };
  } finally {
    cancelDeadline();
    signal.removeEventListener("abort", onEnded);
  }
}

interface StepContext {
  plan: Plan;
  continuer: Continuer;
  state: AnswerState;
  route: Route;
  step: Step;
  shape: AttemptShape;
  result: AttemptResult;
}

/** What follows an attempt: nothing, another attempt on the same question, or a continuation of what readers have. */
function nextStep({ plan, continuer, state, route, step, shape, result }: StepContext): Step | undefined {
  const { failure } = result;
  if (failure === undefined) return undefined;
  if (!isBegun(state)) return plan.after(failure);
  if (!continuer.mayContinue(state, route.onCut, failure)) return undefined;
  const { strategy } = shape;
  if (strategy !== undefined && !result.isCommitted && continuer.noteRefusal(step.target, strategy, failure)) {
    // The same target at once, in a plainer way; if there is none left, the plan goes on.
    if (continuer.shape(step.target, state) !== undefined) return { ...step, why: "continuation", waitMs: 0 };
  }
  // Once readers have text, a request that one target refuses is no verdict on the question: another may take it.
  const judged: UpstreamFailure = failure.action === "tell" ? { ...failure, action: "fallback" } : failure;
  const next = plan.after(judged, { hasProgressed: result.isCommitted });
  return next && { ...next, why: "continuation" };
}

/** Whether this process gives the answer up without ending it: somebody else goes on with it. */
function isInterrupted({ reason }: AbortSignal): boolean {
  return reason instanceof EndedByEngine && reason.code === "interrupted";
}

function noteFacts(timing: StreamTiming, facts: readonly AttemptFact[], now: number): void {
  for (const { type } of facts) {
    if (type === "text-delta") timing.noteText(now);
    else if (type === "reasoning-delta") timing.noteReasoning(now);
  }
}

async function waitOrEnd(clock: Clock, ms: number, signal: AbortSignal): Promise<FailedAttempt["failure"] | undefined> {
  try {
    await wait(clock, ms, signal);
    return undefined;
  } catch (error) {
    const code = error instanceof EndedByEngine ? error.code : "internal";
    return { code, action: "tell" };
  }
}

function attemptStart({ target, why }: Step, attempt: number, offset: number, strategy?: Strategy): AnswerFact {
  const trial = target.provider.isTrial ? { trial: true as const } : {};
  return { type: "attempt-start", attempt, ...nameOf(target), why, offset, ...trial, ...(strategy && { strategy }) };
}

function attemptEnd(result: AttemptResult, attempt: number, step: Step | undefined): AnswerFact {
  const { outcome, failure, finishReason, modelReported, usage, cost, timing, seam } = result;
  const next: NextStep | undefined = step && {
    action: step.why === "retry" || step.why === "continuation" ? step.why : "fallback",
    ...nameOf(step.target),
    waitMs: step.waitMs,
  };
  return {
    type: "attempt-end",
    attempt,
    outcome,
    ...(failure && { failure: failureInfoOf(failure) }),
    ...(finishReason && { finishReason }),
    ...(modelReported !== undefined && { modelReported }),
    ...(usage && { usage }),
    ...(cost && { cost }),
    timing,
    ...(seam && { seam }),
    ...(next && { next }),
  };
}

async function answerEnd(
  writer: AnswerWriter,
  { last, failure }: Ending,
  timing: StreamTiming,
  now: number,
): Promise<AnswerFact> {
  const { text, attempts, toolCalls } = writer.state;
  const usage = totalUsage(attempts);
  const cost = totalCost(attempts);
  const wrote = attempts.findLast(
    ({ from, to, attempt }) => to > from || toolCalls.some((call) => call.attempt === attempt),
  );
  const isCancelled = last?.outcome === "cancelled";
  return {
    type: "answer-end",
    outcome: failure === undefined ? "completed" : isCancelled ? "cancelled" : "failed",
    ...(last?.finishReason && { finishReason: last.finishReason }),
    length: text.length,
    sha256: await sha256(text),
    ...(wrote && { provider: wrote.provider, model: wrote.model }),
    ...(wrote?.modelReported !== undefined && { modelReported: wrote.modelReported }),
    ...(wrote?.trial && { trial: true as const }),
    ...(usage && { usage }),
    ...(cost && { cost }),
    attempts: [...attempts],
    timing: timing.summary(now, last?.usage),
    ...(failure && { failure }),
  };
}

/** SHA-256 of a text in UTF-8, in lower-case hexadecimal. */
async function sha256(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
