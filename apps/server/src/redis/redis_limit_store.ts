import type { BucketLevel, LimitStore, Taking } from "../limits/mod.ts";
import { ENTER, STAY, TAKE_TOKEN, USE, WAIT_FOR_USE } from "./limit_scripts.ts";
import type { RedisConnection } from "./redis_connection.ts";
import type { RedisScript } from "./redis_script.ts";

const MINUTE_MS = 60_000;

/** How long a member stays of whom nothing is heard, in milliseconds: so long does a dead replica take up room. */
const MEMBER_TTL_MS = 30_000;

export interface RedisLimitStoreOptions {
  /** Stays open after the store is closed. */
  connection: RedisConnection;
  /** Before all names in Redis. */
  prefix?: string;
  memberTtlMs?: number;
  /** Milliseconds in tests; by default those of Redis. */
  clock?: () => number;
}

/**
 * The counts of all replicas together.
 *
 * Whoever lets a member in renews its stay until it leaves, so that the answers of a replica that died take up no room for long.
 */
export class RedisLimitStore implements LimitStore {
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #memberTtlMs: number;
  readonly #clock: () => string | number;
  /** Members that this process has let in, by name. */
  readonly #members = new Map<string, Set<string>>();
  readonly #renewal: NodeJS.Timeout;

  constructor(options: RedisLimitStoreOptions) {
    const { connection, prefix = "cogniforge:", memberTtlMs = MEMBER_TTL_MS, clock } = options;
    this.#connection = connection;
    this.#prefix = prefix;
    this.#memberTtlMs = memberTtlMs;
    this.#clock = () => clock?.() ?? "";
    this.#renewal = setInterval(() => void this.#renew(), memberTtlMs / 3).unref();
  }

  async take(name: string, perMinute: number): Promise<Taking> {
    const [isTaken, tokens] = await this.#bucket(name, perMinute, 1);
    const waitMs = isTaken ? 0 : ((1 - tokens) * MINUTE_MS) / perMinute;
    return { ...levelOf(tokens, perMinute), isTaken, waitMs };
  }

  async level(name: string, perMinute: number): Promise<BucketLevel> {
    const [, tokens] = await this.#bucket(name, perMinute, 0);
    return levelOf(tokens, perMinute);
  }

  async use(name: string, amount: number): Promise<void> {
    await this.#run(USE, "uses", name, [amount], false);
  }

  async waitForUse(name: string, limit: number): Promise<number> {
    return Number(await this.#run(WAIT_FOR_USE, "uses", name, [limit]));
  }

  async enter(name: string, member: string, limit: number): Promise<boolean> {
    const room = Math.min(limit, Number.MAX_SAFE_INTEGER);
    if ((await this.#run(ENTER, "members", name, [this.#memberTtlMs, room, member])) !== 1) return false;
    const members = this.#members.get(name) ?? new Set<string>();
    members.add(member);
    this.#members.set(name, members);
    return true;
  }

  async leave(name: string, member: string): Promise<void> {
    this.#forget(name, [member]);
    const key = this.#key("members", name);
    await this.#connection.send(key, ["ZREM", key, member]);
  }

  /** Renews nobody any more: who is still in leaves by time, or is let in again by the replica that takes its answer over. */
  close(): void {
    clearInterval(this.#renewal);
  }

  async #bucket(name: string, perMinute: number, count: 0 | 1): Promise<[isTaken: boolean, tokens: number]> {
    const reply = await this.#run(TAKE_TOKEN, "bucket", name, [perMinute, count], count === 0);
    const [taken, tokens] = reply as [number, string];
    return [taken === 1, Number(tokens)];
  }

  async #renew(): Promise<void> {
    for (const [name, members] of [...this.#members]) {
      const stay = this.#run(STAY, "members", name, [this.#memberTtlMs, ...members]);
      // Another replica has ended the answer, or Redis has lost its memory: nothing is put back that nobody would take out.
      // While Redis is away nobody else can be let in either, and the next renewal comes soon.
      this.#forget(name, ((await stay.catch(() => [])) as string[]) ?? []);
    }
  }

  #forget(name: string, gone: readonly string[]): void {
    const members = this.#members.get(name);
    for (const member of gone) members?.delete(member);
    if (members?.size === 0) this.#members.delete(name);
  }

  #key(kind: string, name: string): string {
    return `${this.#prefix}{${kind}:${name}}`;
  }

  #run(
    script: RedisScript,
    kind: string,
    name: string,
    args: readonly (string | number)[],
    isRepeatable = true,
  ): Promise<unknown> {
    return this.#connection.run(script, {
      keys: [this.#key(kind, name)],
      args: [this.#clock(), ...args],
      isRepeatable,
    });
  }
}

function levelOf(tokens: number, perMinute: number): BucketLevel {
  return { remaining: Math.floor(tokens), resetMs: ((perMinute - tokens) * MINUTE_MS) / perMinute };
}
