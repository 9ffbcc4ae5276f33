import { createHash } from "node:crypto";

/** A script that Redis runs as one atomic step. */
export interface RedisScript {
  readonly text: string;
  readonly sha1: string;
}

/** Reads the time in milliseconds: Redis's own, so that no replica's clock matters; where ARGV[1] is a number, that one instead. */
const CLOCK = `local function now()
  local given = tonumber(ARGV[1])
  if given then return given end
  local time = redis.call('TIME')
  return time[1] * 1000 + time[2] / 1000
end
`;

export function defineScript(lua: string): RedisScript {
  const text = CLOCK + lua;
  return { text, sha1: createHash("sha1").update(text).digest("hex") };
}
