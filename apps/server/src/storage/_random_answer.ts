// Random journals for tests: answers with setbacks, reasoning, calls, tokens and all that a run of deltas must keep apart.
import { createHash } from "node:crypto";
import type { AnswerEnd, AttemptSummary, JournalEvent } from "@cogniforge/core/events";

const WORDS = ["سلام ", "a", "\n\n", "👩‍🚀", "word ", "é", '"quoted"', "\\", "  ", "\u2028", "نَصّ", "0"];
const TIMING = { totalMs: 5, deltas: 1 };
const POLICY = {
  targets: [{ provider: "one", model: "m" }],
  timeouts: { connectMs: 1, firstTokenMs: 1, idleMs: 1, totalMs: 1 },
  maxRetries: 1,
  onCut: "continue" as const,
};

/** All events of one answer, as an engine would have written them. */
export function randomAnswer(answerId: string, random: () => number, maxDeltas = 120): JournalEvent[] {
  const below = (limit: number) => Math.floor(random() * limit);
  const events: JournalEvent[] = [];
  let text = "";
  let at = 1_700_000_000_000;
  const stamp = () => {
    // Wall clocks stand still, and now and then they go back.
    at += below(5) === 0 ? 0 : below(200) - 3;
    return { seq: events.length + 1, at };
  };
  events.push({ ...stamp(), type: "answer-start", version: 1, answerId, route: "default", policy: POLICY });
  const attempts: AttemptSummary[] = [];
  const count = 1 + below(3);
  for (let attempt = 1; attempt <= count; attempt++) {
    const why = attempt === 1 ? "first" : "continuation";
    const target = { provider: `p${attempt}`, model: "m" };
    events.push({ ...stamp(), type: "attempt-start", attempt, ...target, why, offset: text.length });
    const from = text.length;
    let isRefusing = false;
    for (let left = below(maxDeltas); left > 0; left--) {
      const kind = below(40);
      const said = Array.from({ length: 1 + below(3) }, () => WORDS[below(WORDS.length)]).join("");
      const reported = below(15) === 0 ? { modelReported: "m-2026" } : {};
      if (kind === 0) isRefusing = !isRefusing;
      if (kind === 1) {
        const call = { index: 0, id: `call-${left}`, name: "search", arguments: '{"q":"x"}' };
        events.push({ ...stamp(), type: "tool-call", attempt, ...call, ...(below(2) && { extra: { sign: "s" } }) });
      } else if (kind === 2) {
        events.push({ ...stamp(), type: "reasoning-details", attempt, details: [{ type: "text", text: said }] });
      } else if (kind < 12) {
        events.push({ ...stamp(), type: "reasoning-delta", attempt, text: said, ...reported });
      } else {
        const logprobs = below(6) === 0 ? { logprobs: [{ token: said, logprob: -0.5 }] } : {};
        const refusal = isRefusing ? { isRefusal: true as const } : {};
        const delta = { offset: text.length, text: said, ...reported, ...logprobs, ...refusal };
        events.push({ ...stamp(), type: "text-delta", attempt, ...delta });
        text += said;
      }
    }
    const isLast = attempt === count;
    const seam = attempt > 1 && { seam: { strategy: "quote" as const, kind: "tail" as const, isVerified: false } };
    const outcome = isLast ? "completed" : "failed";
    events.push({ ...stamp(), type: "attempt-end", attempt, outcome, timing: TIMING, ...seam });
    attempts.push({ attempt, ...target, why, outcome, from, to: text.length, timing: TIMING });
  }
  const end: AnswerEnd = {
    ...stamp(),
    type: "answer-end",
    outcome: "completed",
    length: text.length,
    sha256: createHash("sha256").update(text).digest("hex"),
    attempts,
    timing: TIMING,
  };
  return [...events, end];
}

/** The events in the batches in which they may have been appended. */
export function randomBatches(events: readonly JournalEvent[], random: () => number): JournalEvent[][] {
  const batches: JournalEvent[][] = [];
  for (let from = 0; from < events.length; ) {
    const length = random() < 0.7 ? 1 : 1 + Math.floor(random() * 6);
    batches.push(events.slice(from, from + length));
    from += length;
  }
  return batches;
}
