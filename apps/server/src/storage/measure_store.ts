import type { AnswerMeasures, AnswerSums } from "@cogniforge/core/metrics";

/** Which answers are meant; an absent field means any. */
export interface MeasureFilter {
  route?: string | undefined;
  /** `provider/model` of the target that wrote the end of the text. */
  target?: string | undefined;
}

/** A stretch of time in equal steps. */
export interface MeasureWindow {
  /** Epoch milliseconds: a multiple of the step. */
  from: number;
  /** Epoch milliseconds, exclusive. */
  to: number;
  stepMs: number;
}

/** Sums of the answers of one route and target that ended within one step. */
export interface StepSums {
  /** Epoch milliseconds. */
  startsAt: number;
  route: string;
  /** `provider/model`; empty for answers that no target wrote anything of. */
  target: string;
  sums: AnswerSums;
}

/** An ended answer in the list of the latest. */
export interface MeasuredAnswer {
  measures: AnswerMeasures;
  /** Where the asking principal owns the conversation, and it still exists. */
  conversationId: string | undefined;
}

/** The measures of ended answers: written with their records, read here. */
export interface MeasureStore {
  /** Sums by step, route and target, in no particular order; a step without answers has none. */
  sums(window: MeasureWindow): Promise<StepSums[]>;
  /** The latest ended answers, newest first; conversations are told where `owner` has them. */
  latest(owner: string, limit: number, filter?: MeasureFilter): Promise<MeasuredAnswer[]>;
  /** Sums up what was written since, and forgets sums that are too old. Call it now and then. */
  keep(): Promise<void>;
  /**
   * Forgets single answers that ended before a moment (epoch milliseconds; absent: none for their age) or are too many; tells how many.
   * Never one that is not in the sums.
   */
  forgetSingle(before: number | undefined): Promise<number>;
}
