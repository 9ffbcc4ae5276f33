/** Hidden pages get no frames, but must still learn that their answer has ended. */
const HIDDEN_DELAY_MS = 250;

/** Runs `work` once in the next frame, however often it is asked for until then. */
export class FrameScheduler {
  readonly #work: () => void;
  #cancel: (() => void) | undefined;

  constructor(work: () => void) {
    this.#work = work;
  }

  schedule(): void {
    if (this.#cancel !== undefined) return;
    const run = () => {
      this.#cancel?.();
      this.#cancel = undefined;
      this.#work();
    };
    // Both are asked for, since a page can be hidden between the request and its frame.
    const frame = requestAnimationFrame(run);
    const timer = setTimeout(run, HIDDEN_DELAY_MS);
    this.#cancel = () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }

  /** Runs what is waiting at once. */
  flush(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#work();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
