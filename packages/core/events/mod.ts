export type { AnswerState } from "./answer_state.ts";
export { EMPTY_ANSWER_STATE, foldEvent } from "./answer_state.ts";
export type {
  AnswerEnd,
  AnswerEvent,
  AnswerStart,
  AttemptEnd,
  AttemptReason,
  AttemptStart,
  AttemptSummary,
  BreakerMove,
  JournalEvent,
  NextStep,
  Outcome,
  Policy,
  ReasoningDelta,
  ReasoningDetails,
  SeamInfo,
  Snapshot,
  TargetName,
  TextDelta,
  Timeouts,
  ToolCall,
  ToolCallInfo,
} from "./event.ts";
export {
  answerEndSchema,
  answerEventSchema,
  answerStartSchema,
  attemptEndSchema,
  attemptReasonSchema,
  attemptStartSchema,
  attemptSummarySchema,
  breakerMoveSchema,
  nextStepSchema,
  outcomeSchema,
  PROTOCOL_VERSION,
  policySchema,
  reasoningDeltaSchema,
  reasoningDetailsSchema,
  seamSchema,
  snapshotSchema,
  strategySchema,
  targetNameSchema,
  textDeltaSchema,
  timeoutsSchema,
  toolCallInfoSchema,
  toolCallSchema,
} from "./event.ts";
export type { Bilingual, FailureCause, FailureInfo } from "./failure_info.ts";
export { bilingualSchema, failureCauseSchema, failureInfoSchema } from "./failure_info.ts";
export { TokenRuns } from "./token_runs.ts";
export type { Cost, FinishReason, Timing, Usage } from "./usage.ts";
export { costSchema, finishReasonSchema, timingSchema, usageSchema } from "./usage.ts";
