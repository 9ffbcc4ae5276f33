import { expect, test } from "vitest";
import type { Principal } from "./principal.ts";
import { SessionCache } from "./session_cache.ts";

const PRINCIPAL: Principal = { id: "user:1", kind: "user", role: "member", name: "One" };

test("SessionCache asks once for many at the same moment, and again when the time is over", async () => {
  let now = 0;
  let lookUps = 0;
  const cache = new SessionCache({ ttlMs: 100, now: () => now });
  const ask = () =>
    cache.principalOf("a", async () => {
      lookUps++;
      return PRINCIPAL;
    });
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([PRINCIPAL, PRINCIPAL, PRINCIPAL]);
  now = 99;
  await ask();
  expect(lookUps).toBe(1);
  now = 100;
  await ask();
  expect(lookUps).toBe(2);
});

test("SessionCache never holds more than its capacity, nor what was not found or failed", async () => {
  const cache = new SessionCache({ capacity: 3 });
  for (let index = 0; index < 10; index++) await cache.principalOf(`cookie-${index}`, async () => PRINCIPAL);
  expect(cache.size).toBe(3);
  cache.clear();
  expect(await cache.principalOf("unknown", async () => undefined)).toBeUndefined();
  await expect(cache.principalOf("failing", () => Promise.reject(new Error("disk")))).rejects.toThrow("disk");
  expect(cache.size).toBe(0);
});

test("SessionCache.clear() also drops what is still being looked up", async () => {
  const cache = new SessionCache();
  const lookUp = Promise.withResolvers<Principal | undefined>();
  const first = cache.principalOf("a", () => lookUp.promise);
  cache.clear();
  lookUp.resolve(PRINCIPAL);
  await first;
  expect(await cache.principalOf("a", async () => undefined)).toBeUndefined();
});
