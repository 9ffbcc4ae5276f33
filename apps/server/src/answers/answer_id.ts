import { createHash, randomFillSync } from "node:crypto";

const ID_BYTES = 16;
/** Random bytes for many ids: asking for them one id at a time costs more than all else about it. */
const pool = Buffer.alloc(256 * ID_BYTES);
let used = pool.length;

/** A new id: 128 random bits, in characters that need no escaping anywhere. */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return pool.toString("base64url", used - ID_BYTES, used);
}

/** The id of the answer that a principal's idempotency key names: the same key, the same answer; another's key, another answer. */
export function idOfKey(principalId: string, idempotencyKey: string): string {
  return createHash("sha256").update(principalId).update("\0").update(idempotencyKey).digest("base64url").slice(0, 32);
}
