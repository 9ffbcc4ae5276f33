export type { AnswerCounts, FreezeSummary } from "./answer_counters.ts";
export { AnswerCounters } from "./answer_counters.ts";
export type { Price } from "./cost.ts";
export { costOf } from "./cost.ts";
export type { LiveMeasures } from "./live_measures.ts";
export { estimateTokens, liveMeasures } from "./live_measures.ts";
export { percentile } from "./percentile.ts";
export { StreamTiming } from "./stream_timing.ts";
