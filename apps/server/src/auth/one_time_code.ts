import { createHash, createHmac, randomInt, timingSafeEqual } from "node:crypto";
import { FailureError } from "../failure_error.ts";

/** Digits and capital letters without those that are taken for one another: 0 and O, 1, I and L, U and V. */
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ";
const LETTERS = 8;
const TRIES_PER_MINUTE = 5;
const MINUTE_MS = 60_000;

/** A code that is printed once and typed by a person: `XXXX-XXXX`, 38 bits, too many for five tries a minute. */
export class OneTimeCode {
  /** As it is printed. */
  readonly text: string;
  readonly #digest: Buffer;
  readonly #now: () => number;
  /** When wrong codes came, in monotonic milliseconds. */
  #wrong: number[] = [];

  /** @param options `secret`: what the code is made of; absent: chance. `now`: monotonic milliseconds. */
  constructor({ secret, now = () => performance.now() }: { secret?: string; now?: () => number } = {}) {
    const letters = secret === undefined ? randomLetters() : lettersOf(secret);
    this.text = `${letters.slice(0, 4).join("")}-${letters.slice(4).join("")}`;
    this.#digest = digestOf(this.text);
    this.#now = now;
  }

  /**
   * Compares in constant time; case, spaces and the dash do not count.
   *
   * @throws {FailureError} `invalid-sign-in-code`, or `too-many-requests` after five wrong ones within a minute.
   */
  check(text: string): void {
    const now = this.#now();
    this.#wrong = this.#wrong.filter((at) => now - at < MINUTE_MS);
    const [oldest = now] = this.#wrong;
    // A right one is refused too: else the limit would tell which one it is.
    if (this.#wrong.length >= TRIES_PER_MINUTE) {
      throw new FailureError("too-many-requests", { retryAfterMs: oldest + MINUTE_MS - now });
    }
    if (timingSafeEqual(digestOf(text), this.#digest)) return;
    this.#wrong.push(now);
    throw new FailureError("invalid-sign-in-code", { param: "code" });
  }
}

function randomLetters(): string[] {
  return Array.from({ length: LETTERS }, () => ALPHABET[randomInt(ALPHABET.length)] ?? "");
}

function lettersOf(secret: string): string[] {
  const bytes = createHmac("sha256", secret).update("first run").digest();
  // Four bytes a letter: what the remainder prefers is beyond measure.
  return Array.from({ length: LETTERS }, (_, at) => ALPHABET[bytes.readUInt32BE(at * 4) % ALPHABET.length] ?? "");
}

function digestOf(text: string): Buffer {
  const letters = text.toUpperCase().replaceAll(/[\s-]/g, "");
  return createHash("sha256").update(letters).digest();
}
