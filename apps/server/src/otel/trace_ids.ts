import { createHash } from "node:crypto";
import type { AskOrigin } from "@cogniforge/core/engine";
import { askOriginSchema } from "@cogniforge/core/engine";
import type { JournalHeader } from "@cogniforge/core/journal";

/** https://www.w3.org/TR/trace-context/#traceparent-header; a later version may say more at its end. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** Longest that is kept: version 00 has 55 characters. */
const LONGEST_TRACEPARENT = 128;

/** The caller's span, which an answer becomes a child of. */
export interface TraceParent {
  traceId: string;
  spanId: string;
  isSampled: boolean;
}

/** Whether a header is a place in a trace; one that is not is as if it had not come. */
export function isTraceparent(text: string): boolean {
  return text.length <= LONGEST_TRACEPARENT && TRACEPARENT.test(text);
}

/** The span that a `traceparent` names. */
export function parseTraceparent(text: string): TraceParent | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** What was kept of where a question came from; an answer that was asked before it was kept has none. */
export function originOfAnswer({ ask }: JournalHeader): AskOrigin | undefined {
  const origin = typeof ask === "object" && ask !== null && "origin" in ask ? ask.origin : undefined;
  return askOriginSchema.safeParse(origin).data;
}

/**
 * The trace of an answer: its caller's, or one that follows from its id, so that whoever goes on with it after a crash, and
 * every line that is logged of it, names the same one.
 */
export function traceIdOf(header: JournalHeader): string {
  return parentOf(header)?.traceId ?? hashOf(`trace ${header.answerId}`).slice(0, 32);
}

/** The caller's span; `undefined` where the caller is in no trace. */
export function parentOf(header: JournalHeader): TraceParent | undefined {
  const { traceparent } = originOfAnswer(header) ?? {};
  return traceparent === undefined ? undefined : parseTraceparent(traceparent);
}

/** The span of an answer, or of one of its attempts: always the same, so that one sent twice is one. */
export function spanIdOf(answerId: string, attempt = 0): string {
  return hashOf(`span ${attempt} ${answerId}`).slice(0, 16);
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
