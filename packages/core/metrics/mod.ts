export type { AnswerCounts, FreezeSummary } from "./answer_counters.ts";
export { AnswerCounters } from "./answer_counters.ts";
export type { AnswerMeasures, AttemptCost } from "./answer_measures.ts";
export { measuresOf } from "./answer_measures.ts";
export type { AnswerSumsData } from "./answer_sums.ts";
export { AnswerSums } from "./answer_sums.ts";
export type { AttemptSpan, TextGap, TimelineData } from "./answer_timeline.ts";
export { AnswerTimeline } from "./answer_timeline.ts";
export type {
  CounterKey,
  GaugeKey,
  HistogramKey,
  LabelsOf,
  Measure,
  MeasureKey,
  MeasureUnit,
} from "./catalogue.ts";
export { boundsOf, CATALOGUE, perUnit } from "./catalogue.ts";
export type { Price } from "./cost.ts";
export { costOf } from "./cost.ts";
export { EXPOSITION_TYPE, exposition } from "./exposition.ts";
export type { HistogramData, Percentiles } from "./histogram.ts";
export { Histogram } from "./histogram.ts";
export type { LiveMeasures } from "./live_measures.ts";
export { estimateTokens, liveMeasures } from "./live_measures.ts";
export type { Sample } from "./meter.ts";
export { Meter } from "./meter.ts";
export { noteAnswer } from "./note_answer.ts";
export { percentile } from "./percentile.ts";
export type { StreamObserver } from "./stream_observer.ts";
export { StreamTiming } from "./stream_timing.ts";
