import type { BucketLevel, LimitStore, Taking } from "./limit_store.ts";

const MINUTE_MS = 60_000;

/** What is used up is summed by the second. */
const SLOT_MS = 1_000;

/** Names that are kept before those that say nothing any more are looked for. */
const SWEEP_AT = 1_000;

interface Bucket {
  tokens: number;
  perMinute: number;
  /** When `tokens` was right. */
  at: number;
}

/** The counts of one process. */
export class MemoryLimitStore implements LimitStore {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();
  /** Amounts by the second in which they were used up, oldest first. */
  readonly #uses = new Map<string, Map<number, number>>();
  readonly #members = new Map<string, Set<string>>();

  /** @param now Monotonic milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  async take(name: string, perMinute: number): Promise<Taking> {
    const bucket = this.#filled(name, perMinute);
    const isTaken = bucket.tokens >= 1;
    if (isTaken) bucket.tokens -= 1;
    this.#buckets.set(name, bucket);
    if (this.#buckets.size > SWEEP_AT) this.#sweep();
    const waitMs = isTaken ? 0 : ((1 - bucket.tokens) * MINUTE_MS) / perMinute;
    return { ...levelOf(bucket), isTaken, waitMs };
  }

  async level(name: string, perMinute: number): Promise<BucketLevel> {
    return levelOf(this.#filled(name, perMinute));
  }

  async use(name: string, amount: number): Promise<void> {
    const slots = this.#recent(name);
    const slot = Math.floor(this.#now() / SLOT_MS);
    slots.set(slot, (slots.get(slot) ?? 0) + amount);
    this.#uses.set(name, slots);
    if (this.#uses.size > SWEEP_AT) for (const other of [...this.#uses.keys()]) this.#recent(other);
  }

  async waitForUse(name: string, limit: number): Promise<number> {
    const slots = this.#recent(name);
    let used = [...slots.values()].reduce((sum, amount) => sum + amount, 0);
    if (used < limit) return 0;
    for (const [slot, amount] of slots) {
      used -= amount;
      if (used < limit) return (slot + 1) * SLOT_MS + MINUTE_MS - this.#now();
    }
    return MINUTE_MS;
  }

  async enter(name: string, member: string, limit: number): Promise<boolean> {
    const members = this.#members.get(name) ?? new Set<string>();
    if (!members.has(member) && members.size >= limit) return false;
    members.add(member);
    this.#members.set(name, members);
    return true;
  }

  async leave(name: string, member: string): Promise<void> {
    const members = this.#members.get(name);
    members?.delete(member);
    if (members?.size === 0) this.#members.delete(name);
  }

  /** The bucket as it is now; a limit that was changed meanwhile fills it anew. */
  #filled(name: string, perMinute: number): Bucket {
    const at = this.#now();
    const known = this.#buckets.get(name);
    if (known === undefined || known.perMinute !== perMinute) return { tokens: perMinute, perMinute, at };
    const tokens = Math.min(perMinute, known.tokens + ((at - known.at) * perMinute) / MINUTE_MS);
    return { tokens, perMinute, at };
  }

  /** What was used up within the last minute; what is older is forgotten. */
  #recent(name: string): Map<number, number> {
    const slots = this.#uses.get(name) ?? new Map<number, number>();
    const oldest = (this.#now() - MINUTE_MS) / SLOT_MS;
    for (const slot of slots.keys()) if (slot + 1 <= oldest) slots.delete(slot);
    if (slots.size === 0) this.#uses.delete(name);
    return slots;
  }

  /** A full bucket is like none. */
  #sweep(): void {
    for (const [name, { perMinute }] of this.#buckets) {
      if (this.#filled(name, perMinute).tokens >= perMinute) this.#buckets.delete(name);
    }
  }
}

function levelOf({ tokens, perMinute }: Bucket): BucketLevel {
  return { remaining: Math.floor(tokens), resetMs: ((perMinute - tokens) * MINUTE_MS) / perMinute };
}
