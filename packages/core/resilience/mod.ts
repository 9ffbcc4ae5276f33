export type { BackoffPolicy } from "./backoff.ts";
export { backoffMs, DEFAULT_BACKOFF } from "./backoff.ts";
export type { Clock } from "./clock.ts";
export { systemClock, wait } from "./clock.ts";
export { ManualClock } from "./manual_clock.ts";
export type { Sign } from "./progress_watch.ts";
export { ProgressWatch } from "./progress_watch.ts";
