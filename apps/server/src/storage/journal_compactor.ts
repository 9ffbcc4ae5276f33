import { setImmediate as nextTurn } from "node:timers/promises";
import { compactEvents, expandEvents, type StoredEvent } from "./delta_runs.ts";
import type { GroupCommit } from "./group_commit.ts";
import { type JournalStatements, rowsOf } from "./journal_statements.ts";
import { storageFaultOf } from "./storage_fault.ts";
import { parseEvents } from "./stored_events.ts";

export interface CompactOptions {
  /** Answers that ended at this moment or before, in epoch milliseconds. */
  endedBefore: number;
  /** Time that may be spent on it before it is left to the next call, in milliseconds. The answer begun is finished. */
  budgetMs: number;
  /** Ends it after the page under way; the rest is left to the next call. */
  signal?: AbortSignal | undefined;
  /** Told of an answer whose journal could not be compacted; it stays as it is. */
  onError?: ((error: unknown, answerId: string) => void) | undefined;
}

/** Answers that are looked for at once. */
const ANSWERS = 64;

/** Size of one transaction: a few milliseconds, since everybody else waits for its end. */
const PAGE_ROWS = 256;
const PAGE_CHARACTERS = 128 * 1024;

/**
 * Draws the deltas of ended answers together, a page of rows in each transaction.
 *
 * Every page is whole in the one form or in the other, whenever the process may die, and readers read both: what was left
 * half done is just gone on with.
 */
export class JournalCompactor {
  readonly #statements: JournalStatements;
  readonly #commits: GroupCommit;
  /** Answers that could not be compacted: left alone until the next start. */
  readonly #failed = new Set<string>();

  constructor(statements: JournalStatements, commits: GroupCommit) {
    this.#statements = statements;
    this.#commits = commits;
  }

  /**
   * Resolves to the number of answers that were finished.
   *
   * @throws {Error} SQLite's, where nothing can be written at present.
   */
  async compact({ endedBefore, budgetMs, signal, onError }: CompactOptions): Promise<number> {
    const until = performance.now() + budgetMs;
    let finished = 0;
    for (;;) {
      const limit = ANSWERS + this.#failed.size;
      const found = this.#statements.findUncompacted.all(endedBefore, limit);
      const left = found.filter(({ answer_id }) => !this.#failed.has(answer_id));
      if (left.length === 0 || signal?.aborted) return finished;
      for (const { answer_id } of left) {
        try {
          if (!(await this.#compactAnswer(answer_id, signal))) return finished;
          finished += 1;
        } catch (error) {
          const fault = storageFaultOf(error);
          if (fault !== undefined && fault !== "damaged") throw error;
          this.#failed.add(answer_id);
          onError?.(error, answer_id);
        }
        if (performance.now() >= until) return finished;
      }
    }
  }

  /** `false` if it was told to stop before the end. */
  async #compactAnswer(answerId: string, signal: AbortSignal | undefined): Promise<boolean> {
    for (let after: number | undefined = 0; after !== undefined; ) {
      if (signal?.aborted) return false;
      const from: number = after;
      after = await this.#commits.write(() => this.#compactPage(answerId, from));
      await nextTurn();
    }
    return true;
  }

  /** Compacts one page in the transaction under way; gives the sequence after which the next one begins, if there is one. */
  #compactPage(answerId: string, after: number): number | undefined {
    const { findHead, pageBatches, removeSpan, insertBatch, markCompacted } = this.#statements;
    // Looked up for each page: an answer may have been removed meanwhile, and its key given to another.
    const head = findHead.get(answerId);
    if (head?.is_ended !== 1) return undefined;
    const stored: StoredEvent[] = [];
    let rows = 0;
    let characters = 0;
    let lastSeq = after;
    for (const { last_seq, events } of rowsOf(pageBatches, head.answer_key, after)) {
      // A row that fills a page alone, because it is compacted already, is not read again with others.
      if (rows > 0 && characters + events.length > PAGE_CHARACTERS) break;
      stored.push(...parseEvents(events));
      rows += 1;
      characters += events.length;
      lastSeq = last_seq;
      if (rows >= PAGE_ROWS) break;
    }
    if (rows === 0) {
      markCompacted.run(head.answer_key);
      return undefined;
    }
    const text = JSON.stringify(compactEvents([...expandEvents(stored, 0)]));
    if (rows > 1 || text.length < characters) {
      removeSpan.run(head.answer_key, after, lastSeq);
      insertBatch.run(head.answer_key, lastSeq, text);
    }
    return lastSeq;
  }
}
