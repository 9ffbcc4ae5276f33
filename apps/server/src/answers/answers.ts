import type { AskOrigin } from "@cogniforge/core/engine";
import type { AnswerEvent } from "@cogniforge/core/events";
import type { TimelineData } from "@cogniforge/core/metrics";
import type { ChatMessage } from "@cogniforge/core/providers";
import type { Principal } from "../auth/principal.ts";
import type { RequestRate } from "../limits/limit_store.ts";
import type { ProjectContext } from "../project/mod.ts";
import type { AnswerView } from "./answer_view.ts";

/** A question from the console or the plain SSE route. */
export interface AskQuestion {
  question: string;
  answerId?: string | undefined;
  /** Absent: a new conversation. */
  conversationId?: string | undefined;
  /** The turn that this one follows; `null` for a first question, absent for the last turn of the branch that is shown. */
  parentId?: string | null | undefined;
  /** Whether the question is about the configured project; absent: if the one before it was, and it can be. */
  project?: boolean | undefined;
  /** Absent: the default route. */
  route?: string | undefined;
  parameters?: Record<string, unknown> | undefined;
  onCut?: "continue" | "fail" | undefined;
  origin?: AskOrigin | undefined;
}

/** A request of a program that keeps its conversation itself. */
export interface AskMessages {
  messages: readonly ChatMessage[];
  route: string;
  parameters: Record<string, unknown>;
  /** What targets of one dialect are sent instead; see the engine's `Ask`. */
  dialectParameters?: Record<string, Record<string, unknown>> | undefined;
  /** Ceiling of output tokens, below the server's own, under whatever name each target has for it. */
  maxOutputTokens?: number | undefined;
  /** Attaches to the answer that has it, for this principal. */
  idempotencyKey?: string | undefined;
  onCut?: "continue" | "fail" | undefined;
  /** Answers that the request asks for in all, where this is the first of them; 0 for the others. By default 1. */
  requested?: number | undefined;
  /** Cancels the answer when nobody has watched it for this many milliseconds. */
  cancelWhenUnwatchedMs?: number | undefined;
  origin?: AskOrigin | undefined;
}

export interface Started {
  answerId: string;
  conversationId: string | undefined;
  /** Position before the first event. */
  cursor: string;
  /** Whether the answer was there before and nothing was asked. */
  attached: boolean;
}

/** An answer, without what it says. */
export interface AnswerStatus {
  answerId: string;
  conversationId: string | undefined;
  route: string;
  /** Epoch milliseconds. */
  createdAt: number;
  /** Sequence of its last event so far. */
  lastSeq: number;
  isEnded: boolean;
}

/** An event with the cursor of the position after it. */
export interface CursoredEvent {
  cursor: string;
  event: AnswerEvent;
}

export interface WatchOptions {
  /** Position to go on after; absent means from the beginning. */
  cursor?: string | undefined;
  signal?: AbortSignal | undefined;
  /** How the past is told: folded into one `snapshot`, or as deltas (joined where they follow each other). */
  past?: "snapshot" | "deltas" | undefined;
}

/**
 * What every door calls: one way to ask, to watch and to cancel.
 *
 * Every method throws `FailureError` for what its caller did wrong or may not do.
 */
export interface Answers {
  /** Aborted when this program is about to let go of its readers: whoever waits for something must not be left without a word. */
  readonly leaving: AbortSignal;
  ask(principal: Principal, input: AskQuestion): Promise<Started>;
  askMessages(principal: Principal, input: AskMessages): Promise<Started>;
  /** What is known of an answer without reading its events. */
  find(principal: Principal, answerId: string): Promise<AnswerStatus>;
  /**
   * Resolves once the answer is known to be there and the principal's, so that a refusal comes before any stream begins.
   * Yields batches in order; returns after the terminal event, or when `signal` aborts.
   */
  watch(
    principal: Principal,
    answerId: string,
    options?: WatchOptions,
  ): Promise<AsyncIterable<readonly CursoredEvent[]>>;
  /** What follows a cursor, waiting up to `waitMs` for news. */
  read(
    principal: Principal,
    answerId: string,
    options: { cursor?: string | undefined; waitMs: number; signal?: AbortSignal | undefined },
  ): Promise<{ events: AnswerEvent[]; cursor: string; isEnded: boolean }>;
  get(principal: Principal, answerId: string): Promise<AnswerView>;
  /** What was sent of the project along with the question; `undefined` where it was not about it. */
  sentProject(principal: Principal, answerId: string): Promise<ProjectContext | undefined>;
  /** When each attempt and each piece of text came. */
  timeline(principal: Principal, answerId: string): Promise<TimelineData>;
  /** `false` if the answer had ended. */
  cancel(principal: Principal, answerId: string): Promise<boolean>;
  /** How many requests are left in this minute; `undefined` for whoever has no such limit. */
  rateOf(principal: Principal): Promise<RequestRate | undefined>;
}
