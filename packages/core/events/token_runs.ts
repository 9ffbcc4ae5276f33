interface Run {
  /** One entry of `logprobs.content`; absent for text of which no token is known, or whose token was given out before. */
  entry?: unknown;
  /** How much of the text it is, in UTF-16 code units. */
  length: number;
}

/**
 * Keeps a text's tokens, with their log probabilities, in step with the text while it is held back, cut and swallowed.
 *
 * Only lengths are kept, in UTF-16 code units. A token is what OpenAI calls one in `logprobs.content`: {token, logprob, bytes?,
 * top_logprobs?}; its fields are passed on as they are.
 */
export class TokenRuns {
  #runs: Run[] = [];
  #length = 0;

  /** Length of the text that is kept in mind. */
  get length(): number {
    return this.#length;
  }

  /** Text comes, with the tokens that it is made of, if they are known. */
  push(length: number, entries: readonly unknown[] = []): void {
    this.#length += length;
    let left = length;
    for (const entry of entries) {
      // A provider whose tokens do not add up to its text must not shift those of later text.
      const own = Math.min(left, lengthOfToken(entry));
      this.#runs.push({ entry, length: own });
      left -= own;
    }
    if (left === 0) return;
    const last = this.#runs.at(-1);
    if (last !== undefined && (entries.length > 0 || !("entry" in last))) last.length += left;
    else this.#runs.push({ length: left });
  }

  /** Text comes first that none of the kept tokens is part of. */
  unshift(length: number): void {
    this.#runs.unshift({ length });
    this.#length += length;
  }

  /** The first `length` code units go on: the entries of the tokens that begin in them. */
  take(length: number): unknown[] {
    const taken: unknown[] = [];
    this.#consume(length, (run) => {
      if ("entry" in run) taken.push(run.entry);
      return false;
    });
    return taken;
  }

  /** The first `length` code units are swallowed; a token that goes beyond them stays. */
  drop(length: number): void {
    if (length > 0) this.#consume(length, () => true);
  }

  #consume(length: number, isKept: (run: Run) => boolean): void {
    let left = Math.min(length, this.#length);
    this.#length -= left;
    let whole = 0;
    for (const run of this.#runs) {
      if (run.length > left) break;
      left -= run.length;
      whole++;
    }
    const consumed = this.#runs.splice(0, whole);
    for (const run of consumed) isKept(run);
    const [cut] = this.#runs;
    if (left === 0 || cut === undefined) return;
    this.#runs[0] = isKept(cut) ? { ...cut, length: cut.length - left } : { length: cut.length - left };
  }
}

/** Length of a token's text in UTF-16 code units: by its bytes, since `token` alone cannot hold a part of a character. */
function lengthOfToken(entry: unknown): number {
  if (typeof entry !== "object" || entry === null) return 0;
  const { bytes, token } = entry as { bytes?: unknown; token?: unknown };
  if (!Array.isArray(bytes)) return typeof token === "string" ? token.length : 0;
  let length = 0;
  for (const byte of bytes) {
    // A character counts where its first byte stands; one of four bytes is a surrogate pair.
    if ((byte & 0xc0) !== 0x80) length += byte >= 0xf0 ? 2 : 1;
  }
  return length;
}
