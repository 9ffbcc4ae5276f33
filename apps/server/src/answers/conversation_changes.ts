import { randomUUID } from "node:crypto";

/** What has changed since a cursor. */
export interface ChangedConversations {
  /** Position after these changes, for the next question. */
  cursor: string;
  /** Each once; absent where it is not known, so that anything may have changed. */
  conversationIds?: string[] | undefined;
}

export interface ChangesOptions {
  /** `cursor` of the last call; absent: gives a cursor to begin with, and waits for nothing. */
  cursor?: string | undefined;
  /** How long to wait if nothing has changed, in milliseconds. */
  waitMs: number;
  signal?: AbortSignal | undefined;
}

/** Changes of one owner that are remembered: who is further behind reads everything anew. */
const KEPT = 100;

interface Board {
  count: number;
  /** The latest changes, of which the last one has the number `count`. */
  latest: string[];
  waiting: Set<() => void>;
}

/**
 * Tells the pages of an owner which conversations were asked in, ended an answer, were renamed, moved or removed.
 *
 * It only says where to look; what is there stands in the store. So it keeps nothing over a restart: cursors of another run are
 * answered with "anything".
 */
export class ConversationChanges {
  readonly #run = randomUUID();
  readonly #boards = new Map<string, Board>();
  readonly #onNote: (owner: string, conversationId: string) => void;

  /** @param options `onNote`: told of what changed here, so that other replicas hear of it. */
  constructor({ onNote = () => {} }: { onNote?: (owner: string, conversationId: string) => void } = {}) {
    this.#onNote = onNote;
  }

  /** Something has changed here. */
  note(owner: string, conversationId: string): void {
    this.hear(owner, conversationId);
    this.#onNote(owner, conversationId);
  }

  /** Something has changed, over whichever replica. */
  hear(owner: string, conversationId: string): void {
    const board = this.#board(owner);
    board.count++;
    board.latest.push(conversationId);
    if (board.latest.length > KEPT) board.latest.shift();
    for (const wake of board.waiting) wake();
  }

  /** Changes of other replicas may not have been heard: anything may have changed. */
  missed(): void {
    for (const board of this.#boards.values()) {
      board.count++;
      board.latest = [];
      for (const wake of board.waiting) wake();
    }
  }

  /** What has changed for an owner since a cursor, waiting for it if need be. */
  async since(owner: string, { cursor, waitMs, signal }: ChangesOptions): Promise<ChangedConversations> {
    const board = this.#board(owner);
    const seen = this.#countOf(cursor);
    if (seen === undefined || seen > board.count) return { cursor: this.#cursorOf(board) };
    if (seen === board.count && waitMs > 0) await waitFor(board, waitMs, signal);
    const missed = board.count - seen;
    if (missed > board.latest.length) return { cursor: this.#cursorOf(board) };
    const changed = missed === 0 ? [] : board.latest.slice(-missed);
    return { cursor: this.#cursorOf(board), conversationIds: [...new Set(changed)] };
  }

  /** Lets everybody who waits go. */
  close(): void {
    for (const { waiting } of this.#boards.values()) for (const wake of waiting) wake();
  }

  #board(owner: string): Board {
    let board = this.#boards.get(owner);
    if (board === undefined) {
      board = { count: 0, latest: [], waiting: new Set() };
      this.#boards.set(owner, board);
    }
    return board;
  }

  #cursorOf({ count }: Board): string {
    return `${this.#run}.${count}`;
  }

  #countOf(cursor: string | undefined): number | undefined {
    const [run, count] = cursor?.split(".") ?? [];
    return run === this.#run && /^\d{1,15}$/.test(count ?? "") ? Number(count) : undefined;
  }
}

async function waitFor(board: Board, waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, waitMs);
  board.waiting.add(resolve);
  signal?.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
  board.waiting.delete(resolve);
}
