import type { DatabaseSync, StatementSync } from "node:sqlite";

/** What a write returns instead of a result to be rejected with `reason`; it must not have written anything. */
export class Refusal {
  readonly reason: Error;

  constructor(reason: Error) {
    this.reason = reason;
  }
}

/** Told of a transaction that is durable: how many writes it had, and how many milliseconds it took. */
export type CommitObserver = (writes: number, ms: number) => void;

/** One write that waits for its transaction. */
interface Pending {
  apply: () => unknown;
  onCommit: (() => void) | undefined;
  resolve: (value: never) => void;
  reject: (reason: unknown) => void;
}

/** Writes of one transaction: more would hold up the event loop, and every reader, for more than some milliseconds. */
const MAX_GROUP = 256;

/**
 * Commits everything that was written during one turn of the event loop as one transaction.
 *
 * Under load hundreds of writes share the cost of a commit; alone, a write waits for the end of its turn only. The
 * transaction begins and ends within one synchronous call, so no other statement on the connection can get into it.
 */
export class GroupCommit {
  readonly #database: DatabaseSync;
  readonly #onCommit: CommitObserver | undefined;
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  #pending: Pending[] = [];
  #isScheduled = false;
  #isClosed = false;

  constructor(database: DatabaseSync, onCommit?: CommitObserver) {
    this.#database = database;
    this.#onCommit = onCommit;
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#end = database.prepare("COMMIT");
  }

  /**
   * Runs `apply` in the next transaction; resolves with its result once that is durable.
   *
   * What `apply` throws undoes all of its own work, and nobody else's.
   *
   * @param onCommit Called in order of writing, before the promise resolves.
   */
  write<T>(apply: () => T | Refusal, onCommit?: () => void): Promise<T> {
    if (this.#isClosed) return Promise.reject(new Error("Cannot write as the journal is closed"));
    return new Promise<T>((resolve, reject) => {
      this.#pending.push({ apply, onCommit, resolve, reject });
      this.#schedule();
    });
  }

  /** Commits what waits, and refuses what comes later. */
  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#pending.length > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      // A transaction of Kysely that waits for something in between has the connection: it goes first.
      if (this.#database.isTransaction) this.#schedule();
      else this.#flush();
    });
  }

  #flush(): void {
    const group = this.#pending.splice(0, MAX_GROUP);
    if (this.#pending.length > 0) this.#schedule();
    const failure = this.#commit(group);
    if (failure === undefined) return;
    if (group.length === 1) group[0]?.reject(failure.reason);
    // One write broke the transaction for all: each by itself answers only for itself.
    else for (const one of group) this.#commitAlone(one);
  }

  #commitAlone(one: Pending): void {
    const failure = this.#commit([one]);
    if (failure !== undefined) one.reject(failure.reason);
  }

  /** Commits a group and settles it, or leaves nothing behind and tells why. */
  #commit(group: readonly Pending[]): { reason: unknown } | undefined {
    let results: unknown[];
    const startedAt = performance.now();
    try {
      this.#begin.run();
      results = group.map(({ apply }) => apply());
      this.#end.run();
    } catch (reason) {
      // Some errors (a full disk) have rolled back already.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      return { reason };
    }
    this.#onCommit?.(group.length, performance.now() - startedAt);
    group.forEach((one, index) => {
      settle(one, results[index]);
    });
    return undefined;
  }
}

function settle({ onCommit, resolve, reject }: Pending, result: unknown): void {
  if (result instanceof Refusal) {
    reject(result.reason);
    return;
  }
  onCommit?.();
  resolve(result as never);
}
