import { createHash, randomBytes } from "node:crypto";

/** A new id: 128 random bits, in characters that need no escaping anywhere. */
export function newId(): string {
  return randomBytes(16).toString("base64url");
}

/** The id of the answer that a principal's idempotency key names: the same key, the same answer; another's key, another answer. */
export function idOfKey(principalId: string, idempotencyKey: string): string {
  return createHash("sha256").update(principalId).update("\0").update(idempotencyKey).digest("base64url").slice(0, 32);
}
