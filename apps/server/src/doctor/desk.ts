import type { CheckResult } from "./check.ts";

/** An examination, as far as it has come. */
export interface Examination {
  /** Absent: there was none yet. */
  runId?: string | undefined;
  /** Epoch milliseconds. */
  startedAt: number;
  /** What was found after the position that was asked for, in the order of finding. */
  results: CheckResult[];
  /** Position after these. */
  next: number;
  isDone: boolean;
}

/** Examinations of the running server. */
export interface DoctorDesk {
  /** Begins one, or attaches to the one under way. `publicUrl` is the address of the page that asks. */
  start(publicUrl?: string): Promise<{ runId: string }>;
  /**
   * What was found after a position, waiting up to `waitMs` for news; without an id of the last examination.
   *
   * @throws {FailureError} `not-found` for an examination that was replaced by a later one.
   */
  read(options: ReadExaminationOptions): Promise<Examination>;
}

export interface ReadExaminationOptions {
  runId?: string | undefined;
  after: number;
  waitMs: number;
  signal?: AbortSignal | undefined;
}
