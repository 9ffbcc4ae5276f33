import type { Strategy } from "../continuation/mod.ts";
import type { FailureInfo, NextStep } from "../events/mod.ts";
import { PROTOCOL_VERSION } from "../events/mod.ts";
import type { StreamTiming } from "../metrics/mod.ts";
import type { AnswerFact, AnswerWriter } from "./answer_writer.ts";
import type { AttemptResult } from "./attempt.ts";
import type { Step } from "./plan.ts";
import type { Route } from "./route.ts";
import { nameOf, policyOf } from "./route.ts";
import { failureInfoOf, totalCost, totalUsage } from "./summary.ts";

/** How an answer ended: what its last event says. */
export interface Ending {
  last: { [Key in "outcome" | "usage" | "finishReason"]?: AttemptResult[Key] | undefined } | undefined;
  failure: FailureInfo | undefined;
}

/** The first fact of every answer. */
export function answerStart(answerId: string, conversationId: string | undefined, route: Route): AnswerFact {
  return {
    type: "answer-start",
    version: PROTOCOL_VERSION,
    answerId,
    ...(conversationId === undefined ? {} : { conversationId }),
    route: route.name,
    policy: policyOf(route),
  };
}

/** A target is asked. */
export function attemptStart({ target, why }: Step, attempt: number, offset: number, strategy?: Strategy): AnswerFact {
  const trial = target.provider.isTrial ? { trial: true as const } : {};
  return { type: "attempt-start", attempt, ...nameOf(target), why, offset, ...trial, ...(strategy && { strategy }) };
}

/** An attempt is over, and what follows it. */
export function attemptEnd(result: AttemptResult, attempt: number, step: Step | undefined): AnswerFact {
  const { outcome, failure, finishReason, modelReported, usage, cost, timing, seam, breakers } = result;
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
    ...(breakers && { breakers: [...breakers] }),
    ...(next && { next }),
  };
}

/** The last fact of every answer. */
export async function answerEnd(
  writer: AnswerWriter,
  { last, failure }: Ending,
  timing: StreamTiming,
  { now, sha256 }: { now: number; sha256: Sha256 },
): Promise<AnswerFact> {
  const { text, attempts, toolCalls } = writer.state;
  const usage = totalUsage(attempts);
  const cost = totalCost(attempts);
  const wrote =
    attempts.findLast(({ from, to, attempt }) => to > from || toolCalls.some((call) => call.attempt === attempt)) ??
    attempts.findLast(({ outcome }) => outcome === "completed");
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
export type Sha256 = (text: string) => string | Promise<string>;

/** By the web's own digest, which every runtime has. */
export async function webSha256(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
