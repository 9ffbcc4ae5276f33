import { defineScript } from "./redis_script.ts";

/*
 * Head of an answer: `header`, `seq`, `ended` (0 or 1), `endedAt`, `holder`, `epoch`, `expires`, `ask` (which call created it).
 * The events are a stream with one entry for each batch, whose id is the sequence of the batch's last event: the first entry from
 * any position on is then found directly, the stream itself refuses what would go back, and small entries share their memory.
 * ARGV[1] is always the clock. Milliseconds everywhere.
 */

/**
 * KEYS head; ARGV clock, header, holder, ttl, ask. Gives {1, expires}, or what is there: {0, header, seq, ended}.
 * The same call again, as its reply was lost, gives the same lease again.
 */
export const CREATE = defineScript(`
local known = redis.call('HMGET', KEYS[1], 'header', 'seq', 'ended', 'ask', 'epoch', 'expires')
if known[1] then
  if known[4] == ARGV[5] and known[5] == '1' then return {1, known[6]} end
  return {0, known[1], known[2], known[3]}
end
local expires = string.format('%.0f', now() + ARGV[4])
redis.call('HSET', KEYS[1], 'header', ARGV[2], 'seq', 0, 'ended', 0, 'holder', ARGV[3], 'epoch', 1,
  'expires', expires, 'ask', ARGV[5])
return {1, expires}
`);

/**
 * KEYS head, events; ARGV clock, holder, epoch, first, last, isEnd, batch, publish command, channel.
 * Gives {1}, {0, ended} where the lease is lost, or {-1, seq} where the sequence has a gap.
 *
 * The write that a full memory refuses comes first, so that nothing is half done. The same batch of the same lease again, as its
 * reply was lost, is there already, and that is what is told.
 */
export const APPEND = defineScript(`
local head = redis.call('HMGET', KEYS[1], 'holder', 'epoch', 'seq', 'ended')
if head[1] ~= ARGV[2] or head[2] ~= ARGV[3] then return {0, head[4] or '0'} end
local seq = tonumber(head[3])
if tonumber(ARGV[5]) <= seq then
  local known = redis.call('XRANGE', KEYS[2], ARGV[5], ARGV[5])[1]
  if known and known[2][2] == ARGV[7] then return {1} end
end
if head[4] == '1' then return {0, '1'} end
if tonumber(ARGV[4]) ~= seq + 1 then return {-1, head[3]} end
redis.call('XADD', KEYS[2], ARGV[5] .. '-0', 'e', ARGV[7])
redis.call('HSET', KEYS[1], 'seq', ARGV[5])
if ARGV[6] == '1' then redis.call('HSET', KEYS[1], 'ended', 1, 'endedAt', string.format('%.0f', now())) end
redis.call(ARGV[8], ARGV[9], ARGV[5] .. ' ' .. ARGV[7])
return {1}
`);

/** KEYS head; ARGV clock, holder, epoch, ttl. Gives {1, expires} or {0, ended}. */
export const RENEW = defineScript(`
local head = redis.call('HMGET', KEYS[1], 'holder', 'epoch', 'ended')
if head[1] ~= ARGV[2] or head[2] ~= ARGV[3] or head[3] == '1' then return {0, head[3] or '0'} end
local expires = string.format('%.0f', now() + ARGV[4])
redis.call('HSET', KEYS[1], 'expires', expires)
return {1, expires}
`);

/**
 * KEYS head; ARGV clock, holder, ttl, grace. Looks at an answer that may need somebody: gives {'taken', epoch, expires},
 * {'wait', when to look again}, {'ended'} if it ended longer than the grace ago and is not archived, or {'gone'}.
 */
export const TAKE = defineScript(`
local head = redis.call('HMGET', KEYS[1], 'epoch', 'ended', 'expires', 'endedAt')
if not head[1] then return {'gone'} end
if head[2] == '1' then
  if redis.call('PTTL', KEYS[1]) >= 0 then return {'gone'} end
  local due = head[4] + ARGV[4]
  if due > now() then return {'wait', string.format('%.0f', due)} end
  return {'ended'}
end
if tonumber(head[3]) > now() then return {'wait', head[3]} end
local expires = string.format('%.0f', now() + ARGV[3])
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('HSET', KEYS[1], 'holder', ARGV[2], 'expires', expires)
return {'taken', epoch, expires}
`);

/** KEYS head; ARGV clock, holder. Lets the lease of a dead holder run out; 1 if it was its. */
export const LET_EXPIRE = defineScript(`
local head = redis.call('HMGET', KEYS[1], 'holder', 'ended')
if head[1] ~= ARGV[2] or head[2] == '1' then return 0 end
redis.call('HSET', KEYS[1], 'expires', 0)
return 1
`);

/** KEYS head, events; ARGV clock, grace. The archive has it: both go after the grace. */
export const RETIRE = defineScript(`
if redis.call('HGET', KEYS[1], 'ended') ~= '1' then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 1
`);

/** KEYS head, events; ARGV clock. Removes an answer that has ended; 0 if it still runs. */
export const REMOVE = defineScript(`
if redis.call('HGET', KEYS[1], 'ended') == '0' then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
return 1
`);

/** KEYS index; ARGV clock, member, after, how. Somebody has to look at it in so many milliseconds; how: `NX` if it is new, `CH`. */
export const LOOK_AFTER = defineScript(`
return redis.call('ZADD', KEYS[1], ARGV[4], string.format('%.0f', now() + ARGV[3]), ARGV[2])
`);

/** KEYS index; ARGV clock, limit. Those that are due, the longest first. */
export const DUE = defineScript(`
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now()), 'LIMIT', 0, ARGV[2])
`);
