import * as z from "zod";
import { failureInfoSchema } from "./failure_info.ts";
import { costSchema, finishReasonSchema, timingSchema, usageSchema } from "./usage.ts";

/** Version of the vocabulary in PROTOCOL.md that this package writes. */
export const PROTOCOL_VERSION = 1;

/** The model's name as its provider gives it: on the first delta of an attempt after it became known. */
const reported = { modelReported: z.string().optional() };

/** `seq` is contiguous from 1 in its answer; `at` is in epoch milliseconds. */
const stamp = { seq: z.int().positive(), at: z.number() };

export const targetNameSchema = z.object({ provider: z.string(), model: z.string() });
/** A provider and one of its models, without credentials. */
export type TargetName = z.infer<typeof targetNameSchema>;

export const timeoutsSchema = z.object({
  connectMs: z.int().positive(),
  firstTokenMs: z.int().positive(),
  idleMs: z.int().positive(),
  totalMs: z.int().positive(),
});
/** Limits of an answer in milliseconds; `totalMs` covers the whole answer, the others one attempt. */
export type Timeouts = z.infer<typeof timeoutsSchema>;

export const policySchema = z.object({
  targets: z.array(targetNameSchema),
  timeouts: timeoutsSchema,
  maxRetries: z.int().nonnegative(),
  /** Milliseconds without a sign of an answer after which the next target is asked too; absent for never. */
  hedgeAfterMs: z.int().positive().optional(),
  onCut: z.enum(["continue", "fail"]),
});
/** The policy in force for one answer. */
export type Policy = z.infer<typeof policySchema>;

export const answerStartSchema = z.object({
  ...stamp,
  type: z.literal("answer-start"),
  version: z.int(),
  answerId: z.string(),
  conversationId: z.string().optional(),
  route: z.string(),
  policy: policySchema,
});

/** Why an attempt was made. */
export const attemptReasonSchema = z.enum(["first", "retry", "fallback", "hedge", "continuation", "recovery"]);
export type AttemptReason = z.infer<typeof attemptReasonSchema>;

/** How a target is asked to go on from a text that readers have. */
export const strategySchema = z.enum(["prefill", "quote", "restart"]);

/** Where and how a continuation was joined to the text before it. */
export const seamSchema = z.object({
  strategy: strategySchema,
  kind: z.enum(["tail", "overlap", "restart", "reworded", "direct"]),
  /** Whether repeated characters prove the position; otherwise the join is a likely one, on a word boundary. */
  isVerified: z.boolean(),
  /** How long readers saw nothing new before the continuation's first text, in milliseconds. */
  freezeMs: z.number().nonnegative().optional(),
});
export type SeamInfo = z.infer<typeof seamSchema>;

export const attemptStartSchema = z.object({
  ...stamp,
  type: z.literal("attempt-start"),
  /** Numbered from 1 in its answer. */
  attempt: z.int().positive(),
  provider: z.string(),
  model: z.string(),
  why: attemptReasonSchema,
  /** Length of the committed text when the attempt began, in UTF-16 code units. */
  offset: z.int().nonnegative(),
  /** The provider gives trial answers and asks no model. */
  trial: z.literal(true).optional(),
  /** Present where the attempt goes on from text that readers have. */
  strategy: strategySchema.optional(),
});

export const textDeltaSchema = z.object({
  ...stamp,
  ...reported,
  type: z.literal("text-delta"),
  attempt: z.int().positive(),
  /** Where `text` begins in the answer's text, in UTF-16 code units. */
  offset: z.int().nonnegative(),
  text: z.string().min(1),
  /** The tokens of exactly this text, as entries of OpenAI's `logprobs.content`; absent where none were reported. */
  logprobs: z.array(z.unknown()).optional(),
  /** The model declines in these words, which its provider keeps apart from an answer's. */
  isRefusal: z.literal(true).optional(),
});

export const reasoningDeltaSchema = z.object({
  ...stamp,
  ...reported,
  type: z.literal("reasoning-delta"),
  attempt: z.int().positive(),
  text: z.string().min(1),
});

export const reasoningDetailsSchema = z.object({
  ...stamp,
  ...reported,
  type: z.literal("reasoning-details"),
  attempt: z.int().positive(),
  /** What the provider wants back of its reasoning in the next turn, in the form of OpenRouter's `reasoning_details`; complete. */
  details: z.array(z.record(z.string(), z.unknown())).min(1),
});

export const toolCallSchema = z.object({
  ...stamp,
  ...reported,
  type: z.literal("tool-call"),
  attempt: z.int().positive(),
  index: z.int().nonnegative(),
  id: z.string(),
  name: z.string(),
  /** The arguments as the model wrote them: JSON text, complete. */
  arguments: z.string(),
  /** What the provider wants back beside the call in the next turn (`extra_content` of OpenAI's look-alikes). */
  extra: z.record(z.string(), z.unknown()).optional(),
});

/** What the engine does after an attempt. */
export const nextStepSchema = z.object({
  action: z.enum(["retry", "fallback", "continuation"]),
  provider: z.string(),
  model: z.string(),
  /** Wait before it, in milliseconds. */
  waitMs: z.number().nonnegative(),
});
export type NextStep = z.infer<typeof nextStepSchema>;

export const outcomeSchema = z.enum(["completed", "failed", "cancelled"]);
export type Outcome = z.infer<typeof outcomeSchema>;

/** A circuit breaker that an attempt has moved into another state. */
export const breakerMoveSchema = z.object({
  /** Whether it stands for the attempt's target, or for its provider's key and so for all targets of that key. */
  scope: z.enum(["target", "provider"]),
  state: z.enum(["closed", "open", "half-open"]),
  /** While open: when the target is tried again, in epoch milliseconds. */
  retryAt: z.number().optional(),
});
export type BreakerMove = z.infer<typeof breakerMoveSchema>;

export const attemptEndSchema = z.object({
  ...stamp,
  type: z.literal("attempt-end"),
  attempt: z.int().positive(),
  outcome: outcomeSchema,
  failure: failureInfoSchema.optional(),
  finishReason: finishReasonSchema.optional(),
  /** The model's name as its provider gives it. */
  modelReported: z.string().optional(),
  usage: usageSchema.optional(),
  cost: costSchema.optional(),
  timing: timingSchema,
  seam: seamSchema.optional(),
  /** The breakers that this attempt has moved into another state; absent if none. */
  breakers: z.array(breakerMoveSchema).optional(),
  /** Absent when the answer ends with this attempt. */
  next: nextStepSchema.optional(),
});

/** One attempt as `snapshot` and `answer-end` list it, with the range of the text that it wrote. */
export const attemptSummarySchema = z.object({
  attempt: z.int().positive(),
  provider: z.string(),
  model: z.string(),
  modelReported: z.string().optional(),
  why: attemptReasonSchema,
  trial: z.literal(true).optional(),
  /** Absent while the attempt runs. */
  outcome: outcomeSchema.optional(),
  /** Code of the failure that ended the attempt. */
  failureCode: z.string().optional(),
  /** Start (inclusive) and end (exclusive) of what it wrote, in UTF-16 code units. */
  from: z.int().nonnegative(),
  to: z.int().nonnegative(),
  usage: usageSchema.optional(),
  cost: costSchema.optional(),
  timing: timingSchema.optional(),
  finishReason: finishReasonSchema.optional(),
  seam: seamSchema.optional(),
});
export type AttemptSummary = z.infer<typeof attemptSummarySchema>;

/** A complete tool call, without its event's stamp. */
export const toolCallInfoSchema = toolCallSchema.omit({ seq: true, at: true, type: true, modelReported: true });
export type ToolCallInfo = z.infer<typeof toolCallInfoSchema>;

/** The state up to `seq` in one event: it replaces what the reader has. Derived from the journal, never stored in it. */
export const snapshotSchema = z.object({
  ...stamp,
  type: z.literal("snapshot"),
  text: z.string(),
  reasoning: z.string(),
  /** Absent where no provider gave any. */
  reasoningDetails: reasoningDetailsSchema.shape.details.optional(),
  logprobs: textDeltaSchema.shape.logprobs,
  /** Where the words begin in which the model declines, in UTF-16 code units; absent where it does not. */
  refusedAt: z.int().nonnegative().optional(),
  toolCalls: z.array(toolCallInfoSchema),
  attempts: z.array(attemptSummarySchema),
  /** When the first text was released, in epoch milliseconds, so that live measures can go on. */
  firstTokenAt: z.number().optional(),
  deltas: z.int().nonnegative(),
});

export const answerEndSchema = z.object({
  ...stamp,
  type: z.literal("answer-end"),
  outcome: outcomeSchema,
  finishReason: finishReasonSchema.optional(),
  /** Length of the text in UTF-16 code units. */
  length: z.int().nonnegative(),
  /** SHA-256 of the text in UTF-8, lower-case hexadecimal. */
  sha256: z.string(),
  /** The target that wrote the end of the text; absent if none wrote anything. */
  provider: z.string().optional(),
  model: z.string().optional(),
  modelReported: z.string().optional(),
  trial: z.literal(true).optional(),
  /** Sums over all attempts; a number is absent if no attempt reported it. */
  usage: usageSchema.optional(),
  cost: costSchema.optional(),
  attempts: z.array(attemptSummarySchema),
  timing: timingSchema,
  failure: failureInfoSchema.optional(),
});

/** Every event of an answer, told apart by `type`. Readers ignore types and fields that they do not know. */
export const answerEventSchema = z.discriminatedUnion("type", [
  answerStartSchema,
  attemptStartSchema,
  textDeltaSchema,
  reasoningDeltaSchema,
  reasoningDetailsSchema,
  toolCallSchema,
  attemptEndSchema,
  snapshotSchema,
  answerEndSchema,
]);

export type AnswerStart = z.infer<typeof answerStartSchema>;
export type AttemptStart = z.infer<typeof attemptStartSchema>;
export type TextDelta = z.infer<typeof textDeltaSchema>;
export type ReasoningDelta = z.infer<typeof reasoningDeltaSchema>;
export type ReasoningDetails = z.infer<typeof reasoningDetailsSchema>;
export type ToolCall = z.infer<typeof toolCallSchema>;
export type AttemptEnd = z.infer<typeof attemptEndSchema>;
export type Snapshot = z.infer<typeof snapshotSchema>;
export type AnswerEnd = z.infer<typeof answerEndSchema>;
export type AnswerEvent = z.infer<typeof answerEventSchema>;

/** The events that a journal stores: all but those derived from it. */
export type JournalEvent = Exclude<AnswerEvent, Snapshot>;
