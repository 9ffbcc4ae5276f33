/**
 * Whether a JSON text that comes in pieces may be whole: asked before it is parsed, so that a long text in many pieces costs linear
 * time, where parsing it anew with every piece costs minutes.
 */
export class JsonDepth {
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  /** Whether an object, an array or a string is still open. */
  get isOpen(): boolean {
    return this.#depth > 0 || this.#isInString;
  }

  push(text: string): void {
    for (let at = 0; at < text.length; at++) {
      const char = text[at];
      if (this.#isEscaped) this.#isEscaped = false;
      else if (this.#isInString) {
        if (char === "\\") this.#isEscaped = true;
        else if (char === '"') this.#isInString = false;
      } else if (char === '"') this.#isInString = true;
      else if (char === "{" || char === "[") this.#depth++;
      else if (char === "}" || char === "]") this.#depth--;
    }
  }
}
