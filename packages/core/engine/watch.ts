import type { AnswerEvent, AnswerState, JournalEvent, Snapshot, TextDelta } from "../events/mod.ts";
import type { CursorPosition, Journal } from "../journal/mod.ts";
import { encodeCursor } from "../journal/mod.ts";
import { foldJournal } from "./fold_journal.ts";

/** An event, and the cursor of the position after it. */
export interface CursoredEvent {
  cursor: string;
  event: AnswerEvent;
}

export interface WatchOptions {
  /** Position to go on after; absent means from the beginning. */
  position?: CursorPosition | undefined;
  /** Ends the watching, never the answer. */
  signal?: AbortSignal | undefined;
  /** How the past is told without a position: folded into one `snapshot`, or as deltas. */
  past?: "snapshot" | "deltas" | undefined;
}

/**
 * Yields an answer's events from a position on, then follows it to its terminal event: the one stream that every door reads.
 *
 * Deltas that are ready together are joined into one. A slow reader slows only itself: events wait in the journal.
 * An answer that does not exist yields nothing.
 */
export async function* watchAnswer(
  journal: Journal,
  answerId: string,
  options: WatchOptions = {},
): AsyncGenerator<readonly CursoredEvent[], void, void> {
  const { position, signal, past = "deltas" } = options;
  let after = position?.seq ?? 0;
  let offset = position?.offset ?? 0;
  if (position === undefined && past === "snapshot") {
    // The terminal event is left out: a reader must see it as itself.
    const state = await foldJournal(journal, answerId, { beforeEnd: true });
    if (state.start !== undefined && state.deltas > 0) {
      after = state.seq;
      offset = state.text.length;
      const cursor = encodeCursor({ answerId, seq: after, offset });
      yield [
        { cursor: encodeCursor({ answerId, seq: 1, offset: 0 }), event: state.start },
        { cursor, event: snapshotOf(state) },
      ];
    }
  }
  for await (const batch of journal.follow(answerId, { after, signal })) {
    const cursored: CursoredEvent[] = [];
    for (const event of joinDeltas(batch)) {
      if (event.type === "text-delta") offset = event.offset + event.text.length;
      cursored.push({ cursor: encodeCursor({ answerId, seq: event.seq, offset }), event });
    }
    yield cursored;
  }
}

function snapshotOf(state: AnswerState): Snapshot {
  const { seq, text, reasoning, reasoningDetails, logprobs, refusedAt, toolCalls, attempts } = state;
  const { firstTokenAt, lastTokenAt, deltas } = state;
  return {
    type: "snapshot",
    seq,
    at: lastTokenAt ?? Date.now(),
    text,
    reasoning,
    ...(reasoningDetails.length > 0 && { reasoningDetails }),
    ...(logprobs && { logprobs: [...logprobs] }),
    ...(refusedAt !== undefined && { refusedAt }),
    toolCalls: [...toolCalls],
    attempts: [...attempts],
    ...(firstTokenAt === undefined ? {} : { firstTokenAt }),
    deltas,
  };
}

/** Joins deltas of one kind and attempt that follow each other; one event alone passes as it is. */
export function joinDeltas(events: readonly JournalEvent[]): readonly JournalEvent[] {
  if (events.length < 2) return events;
  const joined: JournalEvent[] = [];
  let pieces: string[] = [];
  let tokens: unknown[] = [];
  const flush = () => {
    const last = joined.at(-1);
    if (pieces.length > 1 && (last?.type === "text-delta" || last?.type === "reasoning-delta")) {
      const logprobs = last.type === "text-delta" && tokens.length > 0 ? { logprobs: tokens } : {};
      joined[joined.length - 1] = { ...last, text: pieces.join(""), ...logprobs };
    }
    pieces = [];
    tokens = [];
  };
  for (const event of events) {
    const last = joined.at(-1);
    if (event.type === "text-delta" && last?.type === "text-delta" && isAlike(last, event)) {
      joined[joined.length - 1] = { ...event, ...reported(last, event), offset: last.offset };
      pieces.push(event.text);
      tokens.push(...(event.logprobs ?? []));
    } else if (event.type === "reasoning-delta" && last?.type === "reasoning-delta" && last.attempt === event.attempt) {
      joined[joined.length - 1] = { ...event, ...reported(last, event) };
      pieces.push(event.text);
    } else {
      flush();
      joined.push(event);
      if (event.type === "text-delta" || event.type === "reasoning-delta") pieces.push(event.text);
      if (event.type === "text-delta" && event.logprobs !== undefined) tokens.push(...event.logprobs);
    }
  }
  flush();
  return joined;
}

function isAlike(one: TextDelta, other: TextDelta): boolean {
  return one.attempt === other.attempt && one.isRefusal === other.isRefusal;
}

/** The model that the first of two joined deltas names, unless the second names one itself. */
function reported(
  { modelReported }: { modelReported?: string | undefined },
  later: { modelReported?: string | undefined },
): { modelReported?: string } {
  return modelReported === undefined || later.modelReported !== undefined ? {} : { modelReported };
}
