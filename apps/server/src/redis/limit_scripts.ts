import { defineScript } from "./redis_script.ts";

/* ARGV[1] is always the clock. Milliseconds everywhere. */

/**
 * KEYS bucket; ARGV clock, perMinute, count (1 takes one, 0 only looks). Gives {taken, tokens left, with their fraction}.
 * A full bucket is like none, so it goes when it would be full.
 */
export const TAKE_TOKEN = defineScript(`
local perMinute, count, at = tonumber(ARGV[2]), tonumber(ARGV[3]), now()
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'perMinute', 'at')
local tokens = perMinute
if bucket[1] and tonumber(bucket[2]) == perMinute then
  tokens = math.min(perMinute, bucket[1] + math.max(0, at - bucket[3]) * perMinute / 60000)
end
if count == 0 then return {0, string.format('%.17g', tokens)} end
local taken = 0
if tokens >= 1 then taken, tokens = 1, tokens - 1 end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.17g', tokens), 'perMinute', ARGV[2],
  'at', string.format('%.17g', at))
redis.call('PEXPIRE', KEYS[1], math.ceil((perMinute - tokens) * 60000 / perMinute) + 1000)
return {taken, string.format('%.17g', tokens)}
`);

/** KEYS uses; ARGV clock, amount. Uses are summed by the second in which they came. */
export const USE = defineScript(`
local at = now()
for _, slot in ipairs(redis.call('HKEYS', KEYS[1])) do
  if slot + 1 <= (at - 60000) / 1000 then redis.call('HDEL', KEYS[1], slot) end
end
redis.call('HINCRBYFLOAT', KEYS[1], string.format('%.0f', math.floor(at / 1000)), ARGV[2])
redis.call('PEXPIRE', KEYS[1], 62000)
return 1
`);

/** KEYS uses; ARGV clock, limit. Gives the wait as text, with its fraction. */
export const WAIT_FOR_USE = defineScript(`
local at, limit, used, slots = now(), tonumber(ARGV[2]), 0, {}
local pairs = redis.call('HGETALL', KEYS[1])
for index = 1, #pairs, 2 do
  local slot, amount = tonumber(pairs[index]), tonumber(pairs[index + 1])
  if slot + 1 > (at - 60000) / 1000 then
    used = used + amount
    slots[#slots + 1] = {slot, amount}
  end
end
if used < limit then return '0' end
table.sort(slots, function(one, other) return one[1] < other[1] end)
for _, slot in ipairs(slots) do
  used = used - slot[2]
  if used < limit then return string.format('%.17g', (slot[1] + 1) * 1000 + 60000 - at) end
end
return '60000'
`);

/** KEYS members; ARGV clock, ttl, limit, member. Members that nobody renewed are gone. Gives 1 if there was room. */
export const ENTER = defineScript(`
local at = now()
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', at))
if not redis.call('ZSCORE', KEYS[1], ARGV[4]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], string.format('%.0f', at + ARGV[2]), ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 2)
return 1
`);

/** KEYS members; ARGV clock, ttl, members…. Prolongs their stay; gives those that are not in any more. */
export const STAY = defineScript(`
local at, gone = now(), {}
for index = 3, #ARGV do
  if redis.call('ZSCORE', KEYS[1], ARGV[index]) then
    redis.call('ZADD', KEYS[1], string.format('%.0f', at + ARGV[2]), ARGV[index])
  else
    gone[#gone + 1] = ARGV[index]
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 2)
return gone
`);
