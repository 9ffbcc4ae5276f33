import type { BreakerNews } from "@cogniforge/core/resilience";
import type { RedisConnection } from "./redis_connection.ts";
import { defineScript } from "./redis_script.ts";

/** Callers may name any model, so that a fault of a provider could open any number; of more, those that close first are forgotten. */
const MOST_BREAKERS = 1_000;

/*
 * KEYS the time until which each breaker is open, and what is told of each; ARGV clock, name, how long it is open (0: closed),
 * what is told, the most that are kept.
 */
const NOTE = defineScript(`
local at, openMs = now(), tonumber(ARGV[3])
local function forget(names)
  for _, name in ipairs(names) do
    redis.call('ZREM', KEYS[1], name)
    redis.call('HDEL', KEYS[2], name)
  end
end
forget(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', at)))
if openMs > 0 then
  redis.call('ZADD', KEYS[1], string.format('%.0f', at + openMs), ARGV[2])
  redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
  forget(redis.call('ZRANGE', KEYS[1], 0, -1 - tonumber(ARGV[5])))
else
  forget({ARGV[2]})
end
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
if last[2] then
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', last[2] - at + 1000))
  redis.call('PEXPIRE', KEYS[2], string.format('%.0f', last[2] - at + 1000))
end
return 1
`);

/** KEYS as above; ARGV clock. Gives for each that is open how long it still is, as text, and what is told of it. */
const OPEN = defineScript(`
local at, open = now(), {}
local names = redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', at), '+inf', 'WITHSCORES')
for index = 1, #names, 2 do
  local told = redis.call('HGET', KEYS[2], names[index])
  if told then
    open[#open + 1] = string.format('%.0f', names[index + 1] - at)
    open[#open + 1] = told
  end
end
return open
`);

export interface RedisBreakersOptions {
  /** Stays open. */
  connection: RedisConnection;
  /** Before all names in Redis. */
  prefix?: string;
  /** Milliseconds in tests; by default those of Redis. */
  clock?: () => number;
}

/** Which circuit breakers are open, for replicas that were not there when it was told. */
export class RedisBreakers {
  readonly #connection: RedisConnection;
  readonly #keys: string[];
  readonly #clock: () => string | number;

  constructor({ connection, prefix = "cogniforge:", clock }: RedisBreakersOptions) {
    this.#connection = connection;
    // A hash tag, so that a Cluster keeps both on one node.
    this.#keys = [`${prefix}{breakers}:open`, `${prefix}{breakers}:told`];
    this.#clock = () => clock?.() ?? "";
  }

  /** Keeps what was found out of a breaker until it is tried again. */
  async note(news: BreakerNews): Promise<void> {
    const { provider, model, openMs } = news;
    const name = JSON.stringify([provider, model]);
    const args = [this.#clock(), name, openMs, JSON.stringify(news), MOST_BREAKERS];
    await this.#connection.run(NOTE, { keys: this.#keys, args });
  }

  /** Those that are open, with how long they still are. */
  async open(): Promise<BreakerNews[]> {
    const options = { keys: this.#keys, args: [this.#clock()] };
    const reply = (await this.#connection.run(OPEN, options)) as string[];
    const open: BreakerNews[] = [];
    for (let index = 0; index + 1 < reply.length; index += 2) {
      const news = JSON.parse(reply[index + 1] ?? "") as BreakerNews;
      open.push({ ...news, openMs: Number(reply[index]) });
    }
    return open;
  }
}
