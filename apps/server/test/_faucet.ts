/** Pieces that leave when the test says so: what an upstream has to say, one turn of the tap at a time. */
export class Faucet implements AsyncIterable<string> {
  readonly #pieces: string[] = [];
  #isClosed = false;
  #wake: (() => void) | undefined;

  pour(...pieces: string[]): void {
    this.#pieces.push(...pieces);
    this.#wake?.();
  }

  /** Nothing follows what was poured. */
  close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) yield piece;
      else if (this.#isClosed) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
