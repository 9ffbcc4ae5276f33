/**
 * Joins halves of a character that a provider has cut in two: an emoji that arrives as two `\u` escapes in two chunks.
 * A lone half must never go on, since UTF-8 cannot hold it.
 */
export class WholeCharacters {
  #half = "";

  /** Length of what waits, in UTF-16 code units: 0 or 1. */
  get heldLength(): number {
    return this.#half.length;
  }

  /** The text without a half at its end, which waits for the next text. */
  push(text: string): string {
    let joined = this.#half + text;
    this.#half = "";
    const last = joined.charCodeAt(joined.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      this.#half = joined.slice(-1);
      joined = joined.slice(0, -1);
    }
    return joined.isWellFormed() ? joined : joined.toWellFormed();
  }

  /** What is left of a half whose other half never came. */
  end(): string {
    const rest = this.#half.toWellFormed();
    this.#half = "";
    return rest;
  }
}
