/** How often the event loop is asked, in milliseconds. */
const LOOK_MS = 250;

/** Only what several looks in a row found is overload: one long step is not. */
const LOOKS = 4;

/** Measures how late the event loop comes to its work. */
export class LoopLag {
  readonly #timer: NodeJS.Timeout;
  readonly #lags: number[] = [];

  constructor() {
    let last = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#lags.push(Math.max(0, now - last - LOOK_MS));
      if (this.#lags.length > LOOKS) this.#lags.shift();
      last = now;
    }, LOOK_MS).unref();
  }

  /** Milliseconds by which it was late at each of the last looks, at least. */
  get lagMs(): number {
    return this.#lags.length < LOOKS ? 0 : Math.min(...this.#lags);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
