export type { BackoffPolicy } from "./backoff.ts";
export { backoffMs, DEFAULT_BACKOFF } from "./backoff.ts";
export type {
  BreakerBoardOptions,
  BreakerChange,
  BreakerNews,
  BreakerStatus,
  BreakerTicket,
} from "./breaker_board.ts";
export { BreakerBoard } from "./breaker_board.ts";
export type {
  BreakerCall,
  BreakerPolicy,
  BreakerState,
  CircuitBreakerOptions,
  FailedCallOptions,
} from "./circuit_breaker.ts";
export { CircuitBreaker, DEFAULT_BREAKER } from "./circuit_breaker.ts";
export type { Clock } from "./clock.ts";
export { systemClock, wait } from "./clock.ts";
export type { HedgeLimits } from "./hedge_policy.ts";
export { HedgeBudget } from "./hedge_policy.ts";
export { ManualClock } from "./manual_clock.ts";
export type { Sign } from "./progress_watch.ts";
export { ProgressWatch } from "./progress_watch.ts";
export type { RetryBudgetOptions } from "./retry_budget.ts";
export { RetryBudget } from "./retry_budget.ts";
