import { hash, randomBytes } from "node:crypto";

/** `cf-` and 32 random bytes in base64url. */
const KEY_PATTERN = /^cf-[\w-]{43}$/;

/** A new key: shown once, never kept. */
export function newKey(): string {
  return `cf-${randomBytes(32).toString("base64url")}`;
}

/** Whether a text has the shape of our keys; anything else need not be looked up. */
export function isKey(text: string): boolean {
  return KEY_PATTERN.test(text);
}

/**
 * SHA-256 in base64url: what is kept of a key.
 *
 * A slow hash with salt is for passwords, which can be guessed; 256 random bits can't.
 */
export function hashOfKey(key: string): string {
  return hash("sha256", key, "base64url");
}

/** As much of a key as may be shown. */
export function hintOfKey(key: string): string {
  return `${key.slice(0, 7)}…${key.slice(-4)}`;
}
