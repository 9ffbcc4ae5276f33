/** Notes what comes through a door, and when. */
export class Ear {
  readonly #began = performance.now();
  text = "";
  /** Milliseconds until anything at all came. */
  firstByteMs: number | undefined;
  /** When each piece of text came, in milliseconds. */
  readonly arrivals: number[] = [];
  /** The conversation that the question opened. */
  conversationId: string | undefined;

  life(): void {
    this.firstByteMs ??= this.#now();
  }

  hear(text: string): void {
    this.life();
    this.text += text;
    this.arrivals.push(this.#now());
  }

  /** Milliseconds between the first piece and the last one. */
  get spreadMs(): number {
    return (this.arrivals.at(-1) ?? 0) - (this.arrivals[0] ?? 0);
  }

  #now(): number {
    return performance.now() - this.#began;
  }
}
