import { NUMBER_DIGITS, TIME_DIGITS, TOKEN_CHARS } from "../wire/token_text.ts";

/** What is wrong with an answer. */
export type Fault = "garbled" | "repeated" | "reordered" | "missing" | "surplus";

/**
 * Reads an answer's text as it comes and checks that every token is there once and in its place.
 *
 * Pieces may be cut anywhere. Only the first deviation is named, as those after it follow from it.
 */
export class SequenceChecker {
  readonly #expected: number;
  readonly #onToken: (timeUs: number) => void;
  #next = 0;
  #rest = "";
  #fault: Fault | undefined;

  /** @param onToken Told of each good token's time of sending. */
  constructor(expected: number, onToken: (timeUs: number) => void) {
    this.#expected = expected;
    this.#onToken = onToken;
  }

  /** Tokens that came in their place so far. */
  get tokens(): number {
    return this.#next;
  }

  push(text: string): void {
    if (this.#fault !== undefined) return;
    const data = this.#rest === "" ? text : this.#rest + text;
    let at = 0;
    for (; data.length - at >= TOKEN_CHARS; at += TOKEN_CHARS) {
      const number = digits(data, at, NUMBER_DIGITS);
      const time = digits(data, at + NUMBER_DIGITS + 1, TIME_DIGITS);
      const isWhole = data.charCodeAt(at + NUMBER_DIGITS) === 64 && data.charCodeAt(at + TOKEN_CHARS - 1) === 32;
      if (!isWhole || Number.isNaN(number) || Number.isNaN(time)) this.#fault = "garbled";
      else if (number !== this.#next) this.#fault = this.#faultOf(number, data.slice(at + TOKEN_CHARS));
      else if (number >= this.#expected) this.#fault = "surplus";
      if (this.#fault !== undefined) return;
      this.#next++;
      this.#onToken(time);
    }
    this.#rest = data.slice(at);
  }

  /** Says that nothing more comes; what was wrong, `undefined` for an answer that is whole. */
  end(): Fault | undefined {
    if (this.#fault !== undefined) return this.#fault;
    if (this.#rest !== "") return "garbled";
    return this.#next < this.#expected ? "missing" : undefined;
  }

  #faultOf(number: number, following: string): Fault {
    if (number < this.#next) return "repeated";
    // Where the token that was expected comes behind the one that came, nothing is lost.
    const expected = String(this.#next).padStart(NUMBER_DIGITS, "0");
    return following.includes(`${expected}@`) ? "reordered" : "missing";
  }
}

function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
