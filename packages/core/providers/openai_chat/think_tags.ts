const OPEN = "<think>";
const CLOSE = "</think>";
/** So many blanks are no layout before a tag: holding more back would cost time and memory without end. */
const MAX_BLANKS = 1024;

/** A run of text that is one or the other. */
export interface ThinkTagRun {
  kind: "text" | "reasoning";
  text: string;
}

/**
 * Takes the reasoning out of a text that begins with `<think>`, as servers without a reasoning parser send it.
 *
 * Only the beginning counts: a model that writes about the tags later means them as text. White space around the tags
 * belongs to neither side. Text is held back only while it may still be part of a tag.
 */
export class ThinkTagSplitter {
  #state: "start" | "opened" | "thinking" | "closed" | "text" = "start";
  #held = "";

  /** The runs that `text` completes. */
  push(text: string): ThinkTagRun[] {
    if (this.#state === "text") return [{ kind: "text", text }];
    this.#held += text;
    const runs: ThinkTagRun[] = [];
    while (this.#step(runs));
    return runs;
  }

  /** The runs of a text that is whole, where an opening tag without its end is text. */
  pushWhole(text: string): ThinkTagRun[] {
    if (!text.includes(CLOSE)) this.#state = "text";
    return this.push(text);
  }

  /** What is still held back. */
  end(): ThinkTagRun[] {
    const text = this.#held;
    this.#held = "";
    // Nothing was said after the tag: no reasoning, so it is shown rather than lost.
    const kind = this.#state === "thinking" ? "reasoning" : "text";
    const isLayout = this.#state === "closed";
    this.#state = "text";
    return text === "" || isLayout ? [] : [{ kind, text }];
  }

  /** Takes one step; false when more text is needed. */
  #step(runs: ThinkTagRun[]): boolean {
    switch (this.#state) {
      case "start": {
        const start = this.#held.trimStart();
        if (this.#held.length - start.length > MAX_BLANKS) return this.#release(runs, this.#held);
        if (start.startsWith(OPEN)) {
          this.#state = "opened";
          return true;
        }
        if (OPEN.startsWith(start)) return false;
        return this.#release(runs, this.#held);
      }
      case "opened": {
        const said = this.#held.slice(this.#held.indexOf(OPEN) + OPEN.length).trimStart();
        if (said === "" && this.#held.length > MAX_BLANKS) this.#held = OPEN;
        if (said === "" || (said.length < CLOSE.length && CLOSE.startsWith(said))) return false;
        this.#held = said;
        this.#state = "thinking";
        return true;
      }
      case "thinking": {
        const at = this.#held.indexOf(CLOSE);
        const end = at >= 0 ? at : this.#held.length - heldBack(this.#held);
        if (end > 0) runs.push({ kind: "reasoning", text: this.#held.slice(0, end) });
        this.#held = this.#held.slice(at >= 0 ? at + CLOSE.length : end);
        if (at >= 0) this.#state = "closed";
        return at >= 0;
      }
      case "closed": {
        const said = this.#held.trimStart();
        if (said !== "") return this.#release(runs, said);
        this.#held = "";
        return false;
      }
      case "text":
        return false;
    }
  }

  #release(runs: ThinkTagRun[], text: string): false {
    this.#state = "text";
    this.#held = "";
    runs.push({ kind: "text", text });
    return false;
  }
}

/** Length of the longest end of `text` that may begin the closing tag. */
function heldBack(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length--) {
    if (CLOSE.startsWith(text.slice(-length))) return length;
  }
  return 0;
}
