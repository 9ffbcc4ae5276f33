import type { AnswerState } from "@cogniforge/core/events";
import type { Journal, JournalHeader } from "@cogniforge/core/journal";
import type { Meter } from "@cogniforge/core/metrics";
import type { Logger } from "../log.ts";

/** One signal on its way to its collector. */
export interface Signal {
  noteEnd(header: JournalHeader, state: AnswerState): void;
  /** Sends what is left; may take as long as the collector does. */
  flush(): Promise<void>;
  /** Drops what is left. */
  destroy(): void;
}

/** What is sent to collectors while the server runs. */
export interface OpenTelemetry {
  /** Whether answers are traced, so that log lines name their traces. */
  readonly hasTraces: boolean;
  /** Takes note of an answer that has ended; returns at once, and what is made of it is made later. */
  noteEnd(header: JournalHeader, state: AnswerState): void;
  /** Sends what is left, within a bounded time, and lets go. */
  close(): Promise<void>;
}

export interface OpenTelemetryOptions {
  journal: Journal;
  meter: Meter;
  log: Logger;
}
