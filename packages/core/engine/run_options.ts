import type { PrefillMemory } from "../continuation/mod.ts";
import type { StreamObserver, StreamTiming } from "../metrics/mod.ts";
import type { Clock } from "../resilience/mod.ts";
import type { AnswerWriter } from "./answer_writer.ts";
import type { Ask } from "./ask.ts";
import type { AttemptResult } from "./attempt.ts";
import type { AttemptShape, Continuer } from "./continuer.ts";
import type { Sha256 } from "./facts.ts";
import type { Past } from "./past.ts";
import type { Step } from "./plan.ts";
import type { Resilience } from "./resilience.ts";
import type { Route } from "./route.ts";

/** What carrying one answer needs. */
export interface AnswerRunOptions {
  answerId: string;
  ask: Ask;
  route: Route;
  writer: AnswerWriter;
  clock: Clock;
  random: () => number;
  /** What is known of the targets' ability to go on. */
  memory: PrefillMemory;
  resilience: Resilience;
  sha256: Sha256;
  /** Told of every piece of text on its way. */
  observer?: StreamObserver | undefined;
  /** What was before this process took the answer up; absent where it begins here. */
  past: Past | undefined;
  /** Ends the answer; its reason is an `EndedByEngine`. */
  signal: AbortSignal;
}

/** What its attempts need besides. */
export interface CourseOptions extends AnswerRunOptions {
  continuer: Continuer;
  /** The whole answer's. */
  timing: StreamTiming;
}

/** One attempt that was made, with what it was asked and what came of it. */
export interface Made {
  attempt: number;
  step: Step;
  shape: AttemptShape;
  result: AttemptResult;
}
