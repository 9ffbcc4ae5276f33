/** Width of a slot in milliseconds: thousands of slow streams share one timer. */
const SLOT_MS = 5;

/** Calls what is due, from one timer for all. */
export class Pace {
  readonly #slots = new Map<number, (() => void)[]>();
  #next = Math.floor(performance.now() / SLOT_MS);
  #timer: NodeJS.Timeout | undefined;

  /** Calls once, at a time of `performance.now()`, in milliseconds. */
  at(dueMs: number, call: () => void): void {
    const slot = Math.max(this.#next, Math.ceil(dueMs / SLOT_MS));
    const calls = this.#slots.get(slot);
    if (calls === undefined) this.#slots.set(slot, [call]);
    else calls.push(call);
    this.#timer ??= setInterval(() => this.#tick(), SLOT_MS);
  }

  #tick(): void {
    const last = Math.floor(performance.now() / SLOT_MS);
    while (this.#next <= last) {
      const calls = this.#slots.get(this.#next);
      this.#slots.delete(this.#next++);
      for (const call of calls ?? []) call();
    }
    if (this.#slots.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#next = Math.floor(performance.now() / SLOT_MS);
  }
}
