import type { ProviderPart } from "../provider.ts";

/** Chunks that say nothing yet (arguments of calls, hidden reasoning) may hold so many times the longest answer. */
const SILENT_SHARE = 8;

/**
 * Counts what an answer holds, so that an upstream without end fills no memory: what it says is kept by whoever reads it, and what
 * it says nothing with is kept by the dialect until the end.
 */
export class AnswerSize {
  readonly #maxChars: number;
  #said = 0;
  #silent = 0;

  /** @param maxChars Longest answer in UTF-16 code units. */
  constructor(maxChars: number) {
    this.#maxChars = maxChars;
  }

  /** Counts a chunk of so many characters and the parts from an index on, which are what it said; false beyond the limit. */
  add(chars: number, parts: readonly ProviderPart[], from: number): boolean {
    let said = 0;
    for (let at = from; at < parts.length; at++) {
      const part = parts[at];
      if (part?.type === "text" || part?.type === "reasoning") said += part.text.length;
    }
    this.#said += said;
    if (said === 0) this.#silent += chars;
    return this.#said <= this.#maxChars && this.#silent <= this.#maxChars * SILENT_SHARE;
  }
}
