import assert from "node:assert/strict";
import fc from "fast-check";
import { splitAtAnchor } from "../continuation/mod.ts";
import { watchAnswer } from "../engine/mod.ts";
import type { AnswerEnd, AnswerState } from "../events/mod.ts";
import { decodeCursor, type Journal } from "../journal/mod.ts";

/** Words of the languages and notations that answers are written in; some repeat, so that overlaps are not unique. */
const WORDS = [
  "the",
  "the",
  "very",
  "answer",
  "cut",
  "42",
  "x = x + 1;",
  "```js",
  "```",
  "| a | b |",
  "- item",
  "العربيّة",
  "مُدَرِّسَةٌ",
  "في",
  "في",
  "التَّشكيل،",
  "👩‍👩‍👧‍👦",
  "🇸🇦",
  "❤️‍🔥",
  "naïve",
  "日本語",
] as const;
const GAPS = [" ", " ", " ", "\n", "\n\n", "\n    ", "  "] as const;

/** Texts as models write them. */
export const answerText = fc
  .array(fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom(...GAPS)), { minLength: 3, maxLength: 60 })
  .map((pairs) =>
    pairs
      .map(([word, gap]) => word + gap)
      .join("")
      .trimEnd(),
  );

/** The ways in which models go on from a text that they are handed. */
export type Behaviour =
  | "exact"
  | "no-leading-blank"
  | "extra-blank"
  | "restart"
  | "overlap"
  | "announces"
  | "announces-restart"
  | "rewords";
export const behaviour = fc.constantFrom<Behaviour>(
  "exact",
  "no-leading-blank",
  "extra-blank",
  "restart",
  "overlap",
  "announces",
  "announces-restart",
  "rewords",
);

const REWORDED =
  "An other text which says the same with other words and goes on for a while until it comes to its end somewhere";

/**
 * What a model says that knows the whole answer.
 *
 * @param known The part of its message that it is handed; `undefined` where it is asked anew.
 */
export function say(
  way: Behaviour | undefined,
  { whole, known, overlap, isFirst }: { whole: string; known: string | undefined; overlap: number; isFirst: boolean },
): string {
  if (known === undefined) return way === "rewords" && !isFirst ? REWORDED : whole;
  const rest = whole.slice(known.length);
  switch (way) {
    case "no-leading-blank":
      return rest.trimStart();
    case "extra-blank":
      return ` ${rest}`;
    case "restart":
      return whole;
    case "overlap":
      return known.slice(Math.max(0, known.length - overlap)) + rest;
    case "announces":
      return `Sure, continuing:\n\n${rest.trimStart()}`;
    case "announces-restart":
      return `بالتأكيد، أكمل الإجابة:\n\n${whole}`;
    case "rewords":
      return REWORDED;
    default:
      return rest;
  }
}

/** An answer that was started, and the journal in which it stands. */
export interface RunningAnswer {
  journal: Journal;
  answerId: string;
  ended(): Promise<AnswerState & { end: AnswerEnd }>;
}

/** Reads with disconnects: after each drop it comes back with its last cursor, and checks every offset. */
export async function readDropping({ journal, answerId }: RunningAnswer, drops: readonly number[]): Promise<string> {
  let text = "";
  let cursor: string | undefined;
  for (let life = 0; life < 1_000; life++) {
    let left = drops[life] ?? Number.POSITIVE_INFINITY;
    const position = cursor === undefined ? undefined : decodeCursor(cursor);
    for await (const batch of watchAnswer(journal, answerId, {
      position,
      past: life % 2 ? "snapshot" : "deltas",
    })) {
      for (const { cursor: after, event } of batch) {
        if (event.type === "snapshot") text = event.text;
        if (event.type === "text-delta") {
          assert.equal(event.offset, text.length);
          text += event.text;
        }
        cursor = after;
        if (event.type === "answer-end") return text;
        left--;
        if (left <= 0) break;
      }
      if (left <= 0) break;
    }
  }
  throw new RangeError("Cannot read the answer to its end: it has none");
}

/** What must hold of an answer, whatever was cut and however models went on. */
export async function checkAnswer(
  answer: RunningAnswer,
  { whole, behaviours, drops }: { whole: string; behaviours: readonly Behaviour[]; drops: readonly number[] },
): Promise<void> {
  const [read, { text, end, attempts }] = await Promise.all([readDropping(answer, drops), answer.ended()]);
  assert.equal(read, text);
  assert.equal(end.outcome, "completed");
  assert.equal(end.length, text.length);
  assert.ok(text.isWellFormed());
  for (const { seam, from, to } of attempts) {
    if (seam === undefined || seam.isVerified || from === to || from === 0) continue;
    assert.doesNotMatch(text.slice(from - 1, from + 1), /[\p{L}\p{N}][\p{L}\p{N}]/u, "the join is within a word");
  }
  // Nothing may be doubled or lost, unless a model that was asked says the same in other words.
  const hasReworded = attempts.some(
    ({ provider, attempt }) => attempt > 1 && behaviours[Number(provider.at(-1))] === "rewords",
  );
  const isAmbiguous = attempts.some(({ attempt, from }) => attempt > 1 && beginsWithItsTail(text.slice(0, from)));
  if (!hasReworded && !isAmbiguous) assert.equal(text, whole);
}

/** Whether a text that a target is to go on from begins with its own tail: then nobody can tell a restart from a repetition. */
function beginsWithItsTail(text: string): boolean {
  const { handed, tail } = splitAtAnchor(text);
  return handed !== "" && text.trimStart().startsWith(tail.trim());
}
