/** Finds the texts of an answer in lines of JSON, without parsing them: tokens hold no character that JSON escapes. */
export class TextScanner {
  readonly #key: string;
  readonly #endMark: string;
  readonly #onText: (text: string) => void;
  #rest = "";
  #isEnded = false;

  /**
   * @param key What stands before a text, as `"content":"`.
   * @param endMark What stands in the line that says that the answer is whole.
   */
  constructor(key: string, endMark: string, onText: (text: string) => void) {
    this.#key = key;
    this.#endMark = endMark;
    this.#onText = onText;
  }

  /** Whether the answer said that it is whole. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Takes a piece; what comes behind its last line end waits for the next one. */
  push(piece: string): void {
    const data = this.#rest === "" ? piece : this.#rest + piece;
    const end = data.lastIndexOf("\n") + 1;
    this.#rest = data.slice(end);
    if (end > 0) this.#scan(end === data.length ? data : data.slice(0, end));
  }

  #scan(lines: string): void {
    const key = this.#key;
    let at = lines.indexOf(key);
    while (at !== -1) {
      const from = at + key.length;
      const to = lines.indexOf('"', from);
      if (to > from) this.#onText(lines.slice(from, to));
      at = lines.indexOf(key, to);
    }
    this.#isEnded ||= lines.includes(this.#endMark);
  }
}
