import type { Audit } from "../audit/mod.ts";
import type { RetentionConfig } from "../config/mod.ts";
import type { Logger } from "../log.ts";
import type { Storage } from "../storage/mod.ts";
import { Sweeper, type SweptStorage } from "./sweep.ts";

/** How often journals are looked for that can be compacted, and data that is too old, in milliseconds. */
const COMPACT_EVERY_MS = 5_000;
const SWEEP_EVERY_MS = 3_600_000;

/** Of one round, so that compaction takes no more than a fiftieth of the program's time. */
const COMPACT_BUDGET_MS = 100;

/** The program itself, where it does something that an administrator might have done. */
const ITSELF = { id: "system", name: "CogniForge" };

export interface RetentionKeeperOptions {
  storage: SweptStorage & {
    /** Without `compact` where journals come compacted into their archive. */
    journal: Partial<Pick<Storage["journal"], "compact">>;
  };
  audit: Pick<Audit, "record">;
  log: Logger;
  /** As it is at present. */
  retention: () => RetentionConfig;
  /** Epoch milliseconds. */
  now?: () => number;
}

/** Compacts and deletes what is old, beside everything else that the program does. */
export class RetentionKeeper {
  readonly #options: RetentionKeeperOptions;
  readonly #now: () => number;
  readonly #sweeper: Sweeper;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #keeping: Promise<void> | undefined;
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(options: RetentionKeeperOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => Date.now());
    this.#sweeper = new Sweeper(options.storage);
  }

  /** Begins now, and goes on every few seconds. */
  start(): void {
    this.#timer = setInterval(() => void this.keep(), COMPACT_EVERY_MS);
    void this.keep();
  }

  /** One round, or the one that is under way; never rejects. A sweep belongs to the first one, and then to one in an hour. */
  keep(): Promise<void> {
    this.#keeping ??= this.#keep()
      .catch((error: unknown) => this.#options.log.error({ err: error }, "Old data could not be compacted or deleted"))
      .finally(() => {
        this.#keeping = undefined;
      });
    return this.#keeping;
  }

  /** Stops as soon as nothing is half done. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#keeping;
  }

  async #keep(): Promise<void> {
    const now = this.#now();
    const { storage, log, retention } = this.#options;
    const { compactAfterMs } = retention();
    if (compactAfterMs !== undefined) {
      await storage.journal.compact?.({
        endedBefore: now - compactAfterMs,
        budgetMs: COMPACT_BUDGET_MS,
        signal: this.#stop.signal,
        onError: (error, answerId) => log.error({ err: error, answerId }, "A journal could not be compacted"),
      });
    }
    if (now - this.#sweptAt < SWEEP_EVERY_MS) return;
    this.#sweptAt = now;
    await this.#sweep(now);
  }

  async #sweep(now: number): Promise<void> {
    const { audit, log, retention } = this.#options;
    const swept = await this.#sweeper.sweep(retention(), now, this.#stop.signal);
    const { freedBytes, ...deleted } = swept;
    if (Object.values(swept).some((count) => count > 0)) log.info(swept, "What was too old to be kept was deleted");
    if (Object.values(deleted).every((count) => count === 0)) return;
    await audit.record(ITSELF, { action: "old-data-deleted", object: "retention", detail: deleted });
  }
}
