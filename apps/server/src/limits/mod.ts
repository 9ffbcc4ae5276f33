export type { AnswerGateOptions, Candidate } from "./answer_gate.ts";
export { AnswerGate } from "./answer_gate.ts";
export type { BucketLevel, LimitStore, RequestRate, Taking } from "./limit_store.ts";
export { LoopLag } from "./loop_lag.ts";
export { MemoryLimitStore } from "./memory_limit_store.ts";
export { RESTART_WAIT_MS } from "./refusals.ts";
export type { TokenBucketOptions } from "./token_bucket.ts";
export { TokenBucket } from "./token_bucket.ts";
