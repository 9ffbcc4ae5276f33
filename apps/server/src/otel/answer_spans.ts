import type { AnswerState, AttemptSummary } from "@cogniforge/core/events";
import type { JournalHeader } from "@cogniforge/core/journal";
import type { AttemptSpan, TimelineData } from "@cogniforge/core/metrics";
import { measuresOf } from "@cogniforge/core/metrics";
import type { Context, HrTime, Span, Tracer } from "@opentelemetry/api";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api";
import type { AnswerIds } from "./answer_ids.ts";
import { answerAttributes, attemptAttributes, CHAT } from "./span_attributes.ts";
import { parentOf, spanIdOf, traceIdOf } from "./trace_ids.ts";

/** Makes the spans of answers that have ended, with the times at which things were. */
export class AnswerSpans {
  readonly #tracer: Tracer;
  readonly #ids: AnswerIds;

  constructor(tracer: Tracer, ids: AnswerIds) {
    this.#tracer = tracer;
    this.#ids = ids;
  }

  /**
   * Makes an answer's span and one below it for each attempt.
   *
   * @param readTimeline Called only for an answer that is sampled: its whole journal is read.
   */
  async make(header: JournalHeader, state: AnswerState, readTimeline: () => Promise<TimelineData>): Promise<void> {
    const { end } = state;
    if (end === undefined) return;
    const { answerId } = header;
    const route = state.start?.route ?? "default";
    const attributes = answerAttributes(header, measuresOf(answerId, route, end), end);
    this.#ids.traceId = traceIdOf(header);
    this.#ids.spanId = spanIdOf(answerId);
    const options = { kind: SpanKind.SERVER, startTime: timeOf(header.createdAt), attributes };
    const span = this.#tracer.startSpan(`answer ${route}`, options, callerOf(header));
    if (!span.isRecording()) return;
    const { attempts } = await readTimeline();
    const context = trace.setSpan(ROOT_CONTEXT, span);
    for (const times of attempts) {
      const attempt = end.attempts.find((one) => one.attempt === times.attempt);
      if (attempt !== undefined) this.#makeAttempt(answerId, attempt, times, context);
    }
    noteTexts(span, attempts);
    if (end.outcome === "failed") fail(span, end.failure?.code);
    span.end(timeOf(Math.max(end.at, header.createdAt)));
  }

  #makeAttempt(answerId: string, attempt: AttemptSummary, times: AttemptSpan, context: Context): void {
    const { startedAt, endedAt = startedAt, firstTextAt } = times;
    this.#ids.spanId = spanIdOf(answerId, attempt.attempt);
    const attributes = attemptAttributes(answerId, attempt);
    const options = { kind: SpanKind.CLIENT, startTime: timeOf(startedAt), attributes };
    const span = this.#tracer.startSpan(`${CHAT} ${attempt.model}`, options, context);
    if (firstTextAt !== undefined) span.addEvent("cogniforge.first_token", {}, timeOf(firstTextAt));
    if (attempt.seam !== undefined && firstTextAt !== undefined) noteSeam(span, attempt, firstTextAt);
    if (attempt.outcome === "failed") fail(span, attempt.failureCode);
    // An attempt of a process that died is ended in the journal by the next one; it lasted only as long as it was carried.
    const lastedMs = Math.min(attempt.timing?.totalMs ?? Number.POSITIVE_INFINITY, endedAt - startedAt);
    span.end(timeOf(Math.max(startedAt + lastedMs, firstTextAt ?? 0)));
  }
}

/** What readers saw of it: the first text, and where another attempt joined. */
function noteTexts(span: Span, attempts: readonly AttemptSpan[]): void {
  const firsts = attempts.flatMap(({ firstTextAt }) => firstTextAt ?? []);
  if (firsts.length > 0) span.addEvent("cogniforge.first_token", {}, timeOf(Math.min(...firsts)));
  for (const times of attempts) {
    if (times.seam !== undefined && times.firstTextAt !== undefined) noteSeam(span, times, times.firstTextAt);
  }
}

function noteSeam(span: Span, { attempt, seam }: Pick<AttemptSpan, "attempt" | "seam">, at: number): void {
  if (seam === undefined) return;
  const { strategy, kind, isVerified, freezeMs } = seam;
  const attributes = {
    "cogniforge.attempt": attempt,
    "cogniforge.seam.strategy": strategy,
    "cogniforge.seam.kind": kind,
    "cogniforge.seam.verified": isVerified,
    ...(freezeMs !== undefined && { "cogniforge.freeze_ms": freezeMs }),
  };
  span.addEvent("cogniforge.seam", attributes, timeOf(at));
}

/** The code alone: what an upstream wrote about it can hold words of the question. */
function fail(span: Span, code = "unknown"): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
}

function callerOf(header: JournalHeader): Context {
  const parent = parentOf(header);
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, isSampled } = parent;
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

/** As seconds and nanoseconds: a number from before the process began would be taken for one of its own clock. */
function timeOf(epochMs: number): HrTime {
  const seconds = Math.floor(epochMs / 1000);
  return [seconds, Math.round((epochMs - seconds * 1000) * 1e6)];
}
