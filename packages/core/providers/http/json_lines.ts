/**
 * What a body of one JSON object a line holds.
 *
 * - `object`: the text of an object, from its first brace to the one that closes it.
 * - `stray`: a line, or the rest of one, that is no object: what a proxy appended, a field of an event stream.
 */
export type JsonLinesItem = { type: "object"; text: string } | { type: "stray"; line: string };

/**
 * Takes JSON objects out of a text that comes in pieces, each as soon as its last brace is there.
 *
 * Braces are counted, so that neither a line with two objects nor an object over many lines is lost. A line break inside a string
 * is no JSON: there the object was cut, and what follows is read anew.
 */
export class JsonLinesDecoder {
  /** What has begun: pieces, joined once, so that a long line in many pieces costs linear time. */
  #held: string[] = [];
  #heldChars = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isBlank = true;

  /** Length of what has begun, in UTF-16 code units. */
  get heldChars(): number {
    return this.#heldChars;
  }

  /** Takes a piece; what it completes goes into `items`. */
  push(text: string, items: JsonLinesItem[]): void {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const isBreak = code === 0x0a || code === 0x0d;
      if (isBreak && (this.#depth === 0 || this.#isInString)) {
        this.#hold(text.slice(from, at));
        this.#endLine(items);
        from = at + 1;
      } else if (this.#depth > 0) {
        if (!this.#closes(code)) continue;
        this.#hold(text.slice(from, at + 1));
        items.push({ type: "object", text: this.#take() });
        from = at + 1;
      } else if (this.#isBlank && code === OPEN_BRACE) {
        this.#take();
        from = at;
        this.#depth = 1;
      } else if (code !== 0x20 && code !== 0x09) this.#isBlank = false;
    }
    this.#hold(text.slice(from));
  }

  /** Takes the end: an object that is still open was cut, unless whole lines follow its first. */
  end(items: JsonLinesItem[]): void {
    if (this.#depth === 0) {
      this.#endLine(items);
      return;
    }
    const [, ...lines] = this.#take().split(/[\r\n]+/);
    for (const line of lines) if (isObject(line)) items.push({ type: "object", text: line });
  }

  /** Whether the character closes the object. */
  #closes(code: number): boolean {
    if (this.#isInString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (code === BACKSLASH) this.#isEscaped = true;
      else if (code === QUOTE) this.#isInString = false;
      return false;
    }
    if (code === QUOTE) this.#isInString = true;
    else if (code === OPEN_BRACE) this.#depth++;
    else if (code === CLOSE_BRACE) this.#depth--;
    return this.#depth === 0;
  }

  #hold(text: string): void {
    if (text === "") return;
    this.#held.push(text);
    this.#heldChars += text.length;
  }

  #take(): string {
    const text = this.#held.join("");
    this.#held = [];
    this.#heldChars = 0;
    this.#depth = 0;
    this.#isInString = false;
    this.#isEscaped = false;
    this.#isBlank = true;
    return text;
  }

  #endLine(items: JsonLinesItem[]): void {
    const line = this.#take();
    if (line.trim() !== "") items.push({ type: "stray", line });
  }
}

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function isObject(line: string): boolean {
  if (!/^\s*\{.*\}\s*$/.test(line)) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
