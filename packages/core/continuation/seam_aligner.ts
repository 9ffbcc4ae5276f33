import type { Anchor } from "./anchor.ts";
import { fitJoint } from "./joint.ts";
import { withoutPreamble } from "./preamble.ts";

/** How a continuation was joined. */
export type SeamKind =
  /** It repeated the tail that it was handed short of. */
  | "tail"
  /** It repeated more or less than the tail. */
  | "overlap"
  /** It began anew, in the same words. */
  | "restart"
  /** It began anew in other words, and was joined where it had come as far. */
  | "reworded"
  /** It repeated nothing and was joined as it came. */
  | "direct";

export interface Seam {
  kind: SeamKind;
  /** Whether repeated characters prove the position. */
  isVerified: boolean;
}

export interface SeamAlignerOptions {
  /** `continue`: what comes should begin with the tail. `restart`: it should begin with the text's beginning. */
  mode: "continue" | "restart";
}

/** Characters that are held until a seam is found or given up: some 40 tokens, below a second at common speeds. */
const WINDOW = 240;

/** Characters that must agree before a text is taken for the one that was delivered. */
const PROBE = 24;

/** Shorter texts are but a beginning: another wording is not matched with them by its length. */
const SHORT_TEXT = 48;

/** Shortest overlap that is believed without the whole tail, and only from a word's beginning. */
const SHORTEST_OVERLAP = 3;

/**
 * Joins what a continuation says to the text that readers already have, as it streams.
 *
 * Nothing delivered is taken back: what repeats it is swallowed, whether that is the tail that the target was asked to repeat, an
 * overlap of any length, or the whole text from its beginning, behind an announcement or not. What repeats nothing is joined on a
 * word boundary, and the seam is marked as not verified.
 */
export class SeamAligner {
  readonly #text: string;
  readonly #tail: string;
  readonly #mode: "continue" | "restart";
  #state: "deciding" | "swallowing" | "skipping" | "joined" = "deciding";
  /** What came and is not decided upon; while skipping, its last characters. */
  #held = "";
  /** Characters of the restarted text so far. */
  #restarted = 0;
  /** Blanks at the text's end that the continuation may repeat in its own way. */
  #owedBlanks = "";
  #seam: Seam | undefined;

  /** @param anchor The delivered text, as it was split for the request. */
  constructor({ handed, tail }: Anchor, { mode }: SeamAlignerOptions) {
    this.#text = handed + tail;
    this.#tail = tail.trim();
    this.#mode = mode;
  }

  /** How it was joined; `undefined` until it is. */
  get seam(): Seam | undefined {
    return this.#seam;
  }

  /** Takes a piece and returns what of it is new to readers: possibly nothing yet. */
  push(piece: string): string {
    switch (this.#state) {
      case "joined":
        return this.#release(piece);
      case "swallowing":
        return this.#swallow(piece);
      case "skipping":
        return this.#skip(piece);
      case "deciding":
        this.#held += piece;
        return this.#decide(false);
    }
  }

  /** Says that nothing more comes, and returns what was still held back. */
  end(): string {
    const rest = this.#state === "deciding" && this.#held.trim() !== "" ? this.#decide(true) : "";
    // It began anew and ended within what readers have: there is nothing to add.
    if (this.#state === "swallowing") this.#seam = { kind: "restart", isVerified: true };
    if (this.#state === "skipping") this.#seam = { kind: "reworded", isVerified: false };
    this.#state = "joined";
    return rest;
  }

  #decide(isEnd: boolean): string {
    const said = this.#held.trimStart();
    if (said === "" && !isEnd) return "";
    const found = this.#findRepeat(said, isEnd);
    if (found === "wait") return "";
    if (found !== undefined) return found;
    if (!isEnd && said.length < WINDOW && this.#mode === "continue") return "";
    const announced = this.#findBehindAnnouncement(said);
    if (announced !== undefined) return announced;
    if (!isEnd && said.length < WINDOW) return "";
    return this.#joinUnproved();
  }

  /** Looks for a repetition at the very beginning of what came. */
  #findRepeat(said: string, isEnd: boolean): string | "wait" | undefined {
    const text = this.#text.trimEnd();
    if (this.#mode === "continue" && this.#tail !== "") {
      if (said.startsWith(this.#tail)) return this.#join("tail", said.slice(this.#tail.length));
      if (this.#tail.startsWith(said)) return isEnd ? this.#nothingNew("tail") : "wait";
    }
    const whole = text.trimStart();
    if (said.startsWith(whole)) return this.#join("restart", said.slice(whole.length));
    if (whole.startsWith(said)) {
      if (isEnd) return this.#nothingNew("restart");
      if (said.length < PROBE) return "wait";
      return this.#beginSwallowing(whole, said);
    }
    if (this.#mode === "restart") return undefined;
    return this.#findOverlap(text, said, isEnd);
  }

  #findOverlap(text: string, said: string, isEnd: boolean): string | "wait" | undefined {
    const probe = said.slice(0, PROBE);
    if (probe.length === PROBE) {
      for (let at = text.lastIndexOf(probe); at > 0; at = text.lastIndexOf(probe, at - 1)) {
        const repeated = text.slice(at);
        if (said.startsWith(repeated)) return this.#join("overlap", said.slice(repeated.length));
        if (repeated.startsWith(said)) return isEnd ? this.#nothingNew("overlap") : "wait";
      }
    }
    return undefined;
  }

  /** Looks for the tail, or for the text's beginning, behind something like "Sure, continuing:". */
  #findBehindAnnouncement(said: string): string | undefined {
    const whole = this.#text.trim();
    const beginning = whole.slice(0, PROBE);
    const at = beginning.length >= SHORTEST_OVERLAP * 3 ? said.indexOf(beginning) : -1;
    const restarted = at > 0 ? said.slice(at) : "";
    const isWhole = restarted.startsWith(whole);
    if (this.#mode === "continue" && this.#tail.length >= SHORTEST_OVERLAP * 3) {
      const tailAt = said.indexOf(this.#tail);
      // Where the text begins with its own tail, the longer repetition is the likelier one.
      if (tailAt > 0 && !(isWhole && at <= tailAt)) return this.#join("tail", said.slice(tailAt + this.#tail.length));
    }
    if (at <= 0) return undefined;
    return isWhole ? this.#join("restart", restarted.slice(whole.length)) : this.#beginSwallowing(whole, restarted);
  }

  #joinUnproved(): string {
    const said = withoutPreamble(this.#held).trimStart();
    // Of a few words nothing is worth passing over: what comes follows them as it is.
    if (this.#mode === "restart" && this.#text.length >= SHORT_TEXT) return this.#beginSkipping(said);
    const overlap = shortOverlap(this.#text, said);
    if (overlap > 0) return this.#join("overlap", said.slice(overlap), false);
    // An announcement has gone, so have its blanks; otherwise the blanks at the beginning are the model's own.
    const rest = said.length < this.#held.trimStart().length ? said : this.#held;
    return this.#join("direct", fitJoint(this.#text, rest), false);
  }

  #join(kind: SeamKind, rest: string, isVerified = true): string {
    this.#seam = { kind, isVerified };
    this.#state = "joined";
    this.#held = "";
    if (isVerified) this.#owedBlanks = this.#text.slice(this.#text.trimEnd().length);
    return this.#release(rest);
  }

  #nothingNew(kind: SeamKind): string {
    this.#join(kind, "");
    return "";
  }

  /** Lets a piece through, without the blanks that readers have already. */
  #release(piece: string): string {
    let at = 0;
    while (this.#owedBlanks !== "" && at < piece.length) {
      const next = piece.charAt(at);
      if (next === this.#owedBlanks.charAt(0)) this.#owedBlanks = this.#owedBlanks.slice(1);
      else if (next !== " " && next !== "\t") {
        this.#owedBlanks = "";
        break;
      }
      at++;
    }
    return at === 0 ? piece : piece.slice(at);
  }

  #beginSwallowing(whole: string, said: string): string {
    this.#state = "swallowing";
    this.#held = "";
    // Blanks at the text's own beginning are no concern of the comparison.
    this.#restarted = this.#text.indexOf(whole.charAt(0));
    return this.#swallow(said);
  }

  /** Compares a restarted text with the delivered one, piece by piece. */
  #swallow(piece: string): string {
    const text = this.#text;
    let at = 0;
    while (at < piece.length && this.#restarted < text.length && piece[at] === text[this.#restarted]) {
      at++;
      this.#restarted++;
    }
    const isWithinBlanks = text.slice(this.#restarted).trim() === "";
    if (this.#restarted === text.length || (at < piece.length && isWithinBlanks)) {
      const rest = piece.slice(at);
      const owed = text.slice(this.#restarted);
      this.#seam = { kind: "restart", isVerified: true };
      this.#state = "joined";
      this.#owedBlanks = owed;
      return this.#release(rest);
    }
    if (at === piece.length) return "";
    return this.#beginSkipping(piece.slice(at));
  }

  #beginSkipping(said: string): string {
    this.#state = "skipping";
    this.#held = "";
    return this.#skip(said);
  }

  /** Passes over another wording until it repeats the tail, or has come as far as the delivered text. */
  #skip(piece: string): string {
    this.#held += piece;
    this.#restarted += piece.length;
    const at = this.#tail.length >= SHORTEST_OVERLAP * 3 ? this.#held.indexOf(this.#tail) : -1;
    if (at >= 0) return this.#join("reworded", this.#held.slice(at + this.#tail.length));
    const beyond = this.#restarted - this.#text.length;
    if (beyond < 0) {
      this.#held = this.#held.slice(-Math.max(PROBE, this.#tail.length));
      return "";
    }
    // From here on a blank is awaited, so that the join falls between two words.
    const from = Math.max(0, this.#held.length - beyond - 1);
    const blank = this.#held.slice(from).search(/\s\S/);
    if (blank < 0) return "";
    return this.#join("reworded", fitJoint(this.#text, this.#held.slice(from + blank + 1)), false);
  }
}

/** Length of the longest end of the text, from a word's beginning, with which what came begins. */
function shortOverlap(text: string, said: string): number {
  const longest = Math.min(text.length, said.length, WINDOW);
  for (let length = longest; length >= SHORTEST_OVERLAP; length--) {
    const at = text.length - length;
    const isWordStart = at === 0 || !/[\p{L}\p{M}\p{N}]/u.test(text.charAt(at - 1));
    if (isWordStart && /\S/.test(text.charAt(at)) && said.startsWith(text.slice(at))) return length;
  }
  return 0;
}
