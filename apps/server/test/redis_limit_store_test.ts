import { afterAll, beforeAll, expect, test } from "vitest";
import { testLimitStore } from "../src/limits/limit_store_conformance.ts";
import { RedisConnection } from "../src/redis/redis_connection.ts";
import { RedisLimitStore } from "../src/redis/redis_limit_store.ts";
import { anyRedis, describeWithAnyRedis } from "./_redis.ts";
import { until } from "./_replicas.ts";

describeWithAnyRedis("RedisLimitStore", () => {
  let redis: Awaited<ReturnType<typeof anyRedis>>;
  let connection: RedisConnection;
  beforeAll(async () => {
    redis = await anyRedis();
    connection = await RedisConnection.open(redis.url);
  });
  afterAll(async () => {
    await connection.close();
    await redis[Symbol.asyncDispose]();
  });

  testLimitStore("RedisLimitStore", () => {
    let now = 1_700_000_000_000;
    return {
      store: new RedisLimitStore({ connection, prefix: `test:${crypto.randomUUID()}:`, clock: () => now }),
      pass(ms) {
        now += ms;
      },
    };
  });

  test("RedisLimitStore counts for all replicas together, by the clock of Redis", async () => {
    const prefix = `test:${crypto.randomUUID()}:`;
    const [a, b] = [new RedisLimitStore({ connection, prefix }), new RedisLimitStore({ connection, prefix })];
    const takings = await Promise.all([a.take("x", 3), b.take("x", 3), a.take("x", 3), b.take("x", 3)]);
    expect(takings.map(({ isTaken }) => isTaken)).toEqual([true, true, true, false]);
    await a.use("x", 10);
    const waitMs = await b.waitForUse("x", 5);
    expect(waitMs).toBeGreaterThan(59_000);
    expect(waitMs).toBeLessThanOrEqual(61_000);
    expect([await a.enter("x", "one", 1), await b.enter("x", "two", 1)]).toEqual([true, false]);
    await b.leave("x", "one");
    expect(await b.enter("x", "two", 1)).toBe(true);
    for (const store of [a, b]) store.close();
  });

  test("RedisLimitStore.enter() keeps a place as long as its replica lives, and gives it to others soon after its death", async () => {
    const options = { connection, prefix: `test:${crypto.randomUUID()}:`, memberTtlMs: 300 };
    const [a, b] = [new RedisLimitStore(options), new RedisLimitStore(options)];
    expect(await a.enter("x", "one", 1)).toBe(true);
    const enteredAt = performance.now();
    await until("it was renewed", async () => {
      expect(await b.enter("x", "two", 1)).toBe(false);
      return performance.now() - enteredAt > 900;
    });
    a.close();
    await until("its place is free", () => b.enter("x", "two", 1));
    b.close();
  });

  test("RedisLimitStore does not put a member back that another replica took out", async () => {
    const options = { connection, prefix: `test:${crypto.randomUUID()}:`, memberTtlMs: 90 };
    const [a, b] = [new RedisLimitStore(options), new RedisLimitStore({ ...options, memberTtlMs: 60_000 })];
    await a.enter("x", "one", 1);
    await b.leave("x", "one");
    expect(await b.enter("x", "two", 1)).toBe(true);
    const leftAt = performance.now();
    await until("several renewals have passed", () => performance.now() - leftAt > 200);
    await b.leave("x", "two");
    expect(await b.enter("x", "three", 1)).toBe(true);
    for (const store of [a, b]) store.close();
  });
});
