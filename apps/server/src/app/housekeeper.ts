import { purgeRemoved } from "../answers/purge_removed.ts";
import { isDeadHolder } from "../holder.ts";
import type { Logger } from "../log.ts";
import { watchEventLoop } from "../measures/event_loop.ts";
import type { Telemetry } from "../measures/telemetry.ts";
import type { Stores } from "../stores/mod.ts";
import type { Carrying } from "./carry_answers.ts";
import type { Condition } from "./condition.ts";

/** How often answers of dead holders are looked for, and readiness is measured, in milliseconds. */
const HOUSEKEEPING_MS = 5_000;

export interface HousekeeperOptions {
  stores: Pick<Stores, "records" | "journal" | "isHealthy">;
  /** The name under which this process holds leases. */
  holder: string;
  carrying: Pick<Carrying, "cancel" | "takeUp">;
  /** Told whether answers can be kept. */
  condition: Pick<Condition, "isStoreHealthy">;
  telemetry: Pick<Telemetry, "noteLoopDelay">;
  log: Logger;
}

/** Does every few seconds what nobody asks for: takes up what was left, measures, and deletes what was removed. */
export class Housekeeper {
  readonly #options: HousekeeperOptions;
  readonly #loop = watchEventLoop();
  #timer: NodeJS.Timeout | undefined;
  #keeping = Promise.resolve();

  constructor(options: HousekeeperOptions) {
    this.#options = options;
  }

  /** One round; rejects where a part of it fails. */
  async keep(): Promise<void> {
    const { stores, holder, carrying, condition, telemetry } = this.#options;
    const { journal, records: storage } = stores;
    const delayMs = this.#loop.longestMs();
    if (delayMs !== undefined) telemetry.noteLoopDelay(delayMs);
    condition.isStoreHealthy = await stores.isHealthy();
    await journal.expireDeadHolders((other) => isDeadHolder(other, holder));
    await carrying.takeUp();
    await purgeRemoved({
      store: storage.conversations,
      journal,
      cancel: (answerId) => void carrying.cancel(answerId),
      now: Date.now(),
    });
    await storage.measures.keep();
  }

  /** Goes on every few seconds, whatever becomes of a round. */
  start(): void {
    const { log } = this.#options;
    this.#timer = setInterval(() => {
      this.#keeping = this.keep().catch((error: unknown) => log.error({ err: error }, "Housekeeping met a fault"));
    }, HOUSEKEEPING_MS);
  }

  /** Begins no round any more. */
  stop(): void {
    clearInterval(this.#timer);
    this.#loop.stop();
  }

  /** Resolves when the last round that began has ended. */
  settled(): Promise<void> {
    return this.#keeping;
  }
}
