/** Answers whose spans are still to be made; what comes beyond is counted and dropped, so that memory is bounded. */
const MOST_WAITING = 1_000;

export interface TraceQueueOptions {
  onDrop: () => void;
  onError: (error: unknown) => void;
}

/** Does one piece of work after the other, behind the answers' backs. */
export class TraceQueue {
  readonly #options: TraceQueueOptions;
  readonly #waiting: (() => Promise<void>)[] = [];
  #working: Promise<void> | undefined;

  constructor(options: TraceQueueOptions) {
    this.#options = options;
  }

  add(work: () => Promise<void>): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#options.onDrop();
      return;
    }
    this.#waiting.push(work);
    if (this.#working === undefined) this.#working = this.#work();
  }

  /** Resolves when everything that was added is done. */
  async idle(): Promise<void> {
    await this.#working;
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  async #work(): Promise<void> {
    // Not in the turn in which an answer ends: its readers come first.
    await new Promise((resolve) => setImmediate(resolve));
    for (;;) {
      const work = this.#waiting.shift();
      if (work === undefined) break;
      await work().catch(this.#options.onError);
    }
    this.#working = undefined;
  }
}
