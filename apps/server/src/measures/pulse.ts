import type { BreakerStatus } from "@cogniforge/core/resilience";
import type { MeasureSummary } from "./overview.ts";

/** How things are at this moment. */
export interface Pulse {
  /** Answers that are being carried. */
  running: number;
  /** Readers that follow an answer. */
  readers: number;
  /** Answers that ended since the server started: when it changes, there is something new to read. */
  ended: number;
  /** Of the answers that ended within the last sixty seconds. */
  lastMinute: MeasureSummary;
  /** Circuit breakers that are not closed, or whose target failed lately. */
  breakers: BreakerStatus[];
}
