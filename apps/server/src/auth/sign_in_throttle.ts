import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { TokenBucket } from "../limits/token_bucket.ts";

/**
 * Wrong passwords for one account, from wherever they come: some at once, then one a minute, which are fewer than 1,500 a day.
 * The library counts by address beside this.
 */
const TRIES = { burst: 20, perMinute: 1 };

/** Accounts that are counted at the same time. */
const CAPACITY = 10_000;

export interface SignInThrottleOptions {
  /** Signs the marks of devices. */
  secret: string;
  /** Monotonic milliseconds. */
  now?: () => number;
}

/** One try to sign in, which was let through. */
export interface Try {
  /** Was right: it counts no more. */
  succeeded(): void;
}

/**
 * Slows down guessing the password of one account from many addresses.
 *
 * A device that signed in to the account before is counted apart: whoever guesses from elsewhere cannot lock its owner out.
 *
 * @see https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
 */
export class SignInThrottle {
  readonly #secret: string;
  readonly #now: () => number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor({ secret, now = () => performance.now() }: SignInThrottleOptions) {
    this.#secret = secret;
    this.#now = now;
  }

  /** Accounts and devices that are counted now. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Counts a try; a number instead are the milliseconds to wait. */
  begin(email: string, device: string | undefined): Try | number {
    const account = accountOf(email);
    const isKnown = device !== undefined && this.#isMarkOf(device, account);
    const bucket = this.#bucket(isKnown ? `device ${digestOf(device)}` : `account ${digestOf(account)}`);
    const waitMs = bucket.take();
    return waitMs === 0 ? { succeeded: () => bucket.restore() } : waitMs;
  }

  /** A mark for a device on which somebody has signed in to an account. */
  mark(email: string): string {
    const nonce = randomBytes(16).toString("base64url");
    return `${nonce}.${this.#sign(accountOf(email), nonce)}`;
  }

  #isMarkOf(mark: string, account: string): boolean {
    const [nonce = "", signature = ""] = mark.split(".");
    const given = Buffer.from(signature);
    const expected = Buffer.from(this.#sign(account, nonce));
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #sign(account: string, nonce: string): string {
    return createHmac("sha256", this.#secret).update(`device\n${nonce}\n${account}`).digest("base64url");
  }

  /** Kept by their last use: whoever is guessed at is not forgotten, and room is made at once. */
  #bucket(name: string): TokenBucket {
    const bucket = this.#buckets.get(name) ?? new TokenBucket({ ...TRIES, now: this.#now });
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    const [oldest] = this.#buckets.size > CAPACITY ? this.#buckets.keys() : [];
    if (oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }
}

/** As the library looks accounts up. */
function accountOf(email: string): string {
  return email.toLowerCase();
}

/** Of one length, whatever somebody sends. */
function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
