import type { AnswerState, AttemptSummary } from "@cogniforge/core/events";
import type { AttemptSpan, TimelineData } from "@cogniforge/core/metrics";

/** A part of an answer's text that one attempt wrote. */
export interface WrittenPart {
  attempt: AttemptSummary;
  /** Start (inclusive) and end (exclusive), in UTF-16 code units. */
  from: number;
  to: number;
  text: string;
  /** What the time line knows of the attempt. */
  span: AttemptSpan | undefined;
}

/** The parts of an answer's text in order, each with the attempt that wrote it; together they are the text. */
export function writtenParts({ text, attempts }: AnswerState, timeline: TimelineData | undefined): WrittenPart[] {
  const parts: WrittenPart[] = [];
  let at = 0;
  for (const attempt of attempts) {
    const to = Math.min(attempt.to, text.length);
    if (to <= at) continue;
    const span = timeline?.attempts.find((one) => one.attempt === attempt.attempt);
    parts.push({ attempt, from: at, to, text: text.slice(at, to), span });
    at = to;
  }
  // The text of this frame may be a little ahead of what its attempt says.
  const last = parts.at(-1);
  if (last !== undefined && at < text.length) {
    last.to = text.length;
    last.text = text.slice(last.from);
  }
  return parts;
}
