/**
 * The server's wall clock as seen from this page.
 *
 * An event can't arrive before it happened, so the smallest difference that was seen between its arrival and its stamp is the
 * difference of the clocks and the shortest way here.
 */
export class ServerClock {
  #difference: number | undefined;

  /** Learns from an event that has just come. */
  observe(at: number, now: number): void {
    this.#difference = Math.min(this.#difference ?? Number.POSITIVE_INFINITY, now - at);
  }

  /** Epoch milliseconds on the server's clock. */
  now(now: number): number {
    return now - (this.#difference ?? 0);
  }
}
