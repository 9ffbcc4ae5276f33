import type { JournalEvent } from "@cogniforge/core/events";
import type { JournalEntry, TailSource } from "@cogniforge/core/journal";

/**
 * Followers that ask a journal for the same at the same moment share one question: a thousand readers of one answer that all come
 * back after a reconnect are one.
 *
 * Only within one turn of the event loop, before anything new can have been heard: a question that was asked earlier might be
 * answered without what a follower was just woken for.
 */
export class SharedReads implements TailSource {
  readonly #source: TailSource;
  readonly #asked = new Map<string, Promise<unknown>>();

  constructor(source: TailSource) {
    this.#source = source;
  }

  find(answerId: string): Promise<JournalEntry | undefined> {
    return this.#share(answerId, () => this.#source.find(answerId));
  }

  read(answerId: string, after: number, limit: number): Promise<readonly JournalEvent[]> {
    return this.#share(`${answerId} ${after} ${limit}`, () => this.#source.read(answerId, after, limit));
  }

  #share<T>(question: string, ask: () => Promise<T>): Promise<T> {
    const asked = this.#asked.get(question) as Promise<T> | undefined;
    if (asked !== undefined) return asked;
    if (this.#asked.size === 0) setImmediate(() => this.#asked.clear());
    const answer = ask();
    this.#asked.set(question, answer);
    return answer;
  }
}
