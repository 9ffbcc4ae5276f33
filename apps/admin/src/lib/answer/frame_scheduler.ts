/** Hidden pages get no frames, but must still learn that their answer has ended. */
const HIDDEN_DELAY_MS = 250;

/** Work that took longer leaves the page as much time again before it is done once more, in milliseconds. */
const LONG_WORK_MS = 8;

/** Runs `work` once in the next frame, however often it is asked for until then; work that takes long, in a later one. */
export class FrameScheduler {
  readonly #work: () => void;
  #cancel: (() => void) | undefined;
  #notBefore = 0;

  constructor(work: () => void) {
    this.#work = work;
  }

  schedule(): void {
    if (this.#cancel !== undefined) return;
    const run = () => {
      this.#cancel?.();
      this.#cancel = undefined;
      this.#run();
    };
    const onFrame = (now: number) => {
      if (now >= this.#notBefore) run();
      else frame = requestAnimationFrame(onFrame);
    };
    // Both are asked for, since a page can be hidden between the request and its frame.
    let frame = requestAnimationFrame(onFrame);
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
    this.#run();
  }

  #run(): void {
    const startedAt = performance.now();
    this.#work();
    const endedAt = performance.now();
    const took = endedAt - startedAt;
    this.#notBefore = took > LONG_WORK_MS ? endedAt + took : 0;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
