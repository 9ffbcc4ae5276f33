import { watchAnswer } from "@cogniforge/core/engine";
import type { AnswerEvent } from "@cogniforge/core/events";
import type { CursorPosition, Journal, JournalEntry } from "@cogniforge/core/journal";
import { encodeCursor } from "@cogniforge/core/journal";

export interface ReadNewsOptions {
  /** Position to go on after; absent means from the beginning. */
  position: CursorPosition | undefined;
  /** How long to wait if there are no news yet, in milliseconds. */
  waitMs: number;
  signal?: AbortSignal | undefined;
  /** Ends the waiting too: there is nothing to be told here any more. */
  leaving?: AbortSignal | undefined;
}

export interface News {
  events: AnswerEvent[];
  /** Position after the events, for the next read. */
  cursor: string;
  isEnded: boolean;
}

/** Reads what follows a position, waiting for it if there is nothing yet: watching, one piece at a time. */
export async function readNews(journal: Journal, entry: JournalEntry, options: ReadNewsOptions): Promise<News> {
  const { answerId } = entry.header;
  const position = options.position ?? { answerId, seq: 0, offset: 0 };
  const hasNews = entry.lastSeq > position.seq;
  const none: News = { events: [], cursor: encodeCursor(position), isEnded: entry.isEnded && !hasNews };
  if (none.isEnded || (!hasNews && options.waitMs === 0)) return none;
  const stop = new AbortController();
  const timer = hasNews ? undefined : setTimeout(() => stop.abort(), options.waitMs);
  const leave = () => stop.abort();
  if (options.leaving?.aborted) leave();
  options.leaving?.addEventListener("abort", leave, { once: true });
  const signal = options.signal ? AbortSignal.any([stop.signal, options.signal]) : stop.signal;
  try {
    for await (const batch of watchAnswer(journal, answerId, {
      position: options.position,
      past: "snapshot",
      signal,
    })) {
      const last = batch.at(-1);
      if (last === undefined) continue;
      return {
        events: batch.map(({ event }) => event),
        cursor: last.cursor,
        isEnded: last.event.type === "answer-end",
      };
    }
    return none;
  } finally {
    clearTimeout(timer);
    options.leaving?.removeEventListener("abort", leave);
  }
}
