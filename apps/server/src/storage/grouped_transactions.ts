import { setImmediate as nextTurn } from "node:timers/promises";
import type { Kysely } from "kysely";
import type { Work } from "./record_database.ts";

interface Waiting<Schema> {
  work: Work<Schema, unknown>;
  resolve: (result: never) => void;
  reject: (reason: unknown) => void;
}

/** Pieces of work in one transaction: more would hold the connection for too long. */
const MAX_GROUP = 32;

/**
 * Runs what came during one turn of the event loop in one transaction: its end costs more than most of what it ends.
 *
 * If one piece fails, everything is undone, and each is run alone: it fails for itself, and harms no other.
 */
export class GroupedTransactions<Schema> {
  readonly #db: Kysely<Schema>;
  readonly #waiting: Waiting<Schema>[] = [];
  #isRunning = false;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** Resolves with the work's result once that is committed. */
  run<Result>(work: Work<Schema, Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      if (!this.#isRunning) void this.#runAll();
    });
  }

  async #runAll(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      await nextTurn();
      await this.#runGroup(this.#waiting.splice(0, MAX_GROUP));
    }
    this.#isRunning = false;
  }

  async #runGroup(group: readonly Waiting<Schema>[]): Promise<void> {
    try {
      const results = await this.#db.transaction().execute(async (transaction) => {
        const made: unknown[] = [];
        for (const { work } of group) made.push(await work(transaction));
        return made;
      });
      group.forEach(({ resolve }, index) => {
        resolve(results[index] as never);
      });
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else for (const one of group) await this.#runGroup([one]);
    }
  }
}
