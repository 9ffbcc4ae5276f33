import type { BreakerNews } from "@cogniforge/core/resilience";
import { expect, test } from "vitest";
import { RedisBreakers } from "../src/redis/redis_breakers.ts";
import { RedisConnection } from "../src/redis/redis_connection.ts";
import { anyRedis, describeWithAnyRedis, describeWithRedis, startCluster } from "./_redis.ts";

const OPEN: BreakerNews = {
  provider: "one",
  model: "نموذج",
  state: "open",
  openMs: 5_000,
  failure: { code: "rate-limit", status: 429 },
};
const KEY: BreakerNews = {
  provider: "one",
  state: "open",
  openMs: 60_000,
  failure: { code: "provider-auth", status: 401 },
};
const closed = ({ provider, model }: BreakerNews): BreakerNews => ({
  provider,
  ...(model !== undefined && { model }),
  state: "closed",
  openMs: 0,
});

describeWithAnyRedis("RedisBreakers", () => {
  test("RedisBreakers tells whoever comes later which breakers are open, and for how long", async () => {
    await using redis = await anyRedis();
    const connection = await RedisConnection.open(redis.url);
    let now = 1_700_000_000_000;
    const options = { connection, prefix: `test:${crypto.randomUUID()}:`, clock: () => now };
    const [here, there] = [new RedisBreakers(options), new RedisBreakers(options)];
    expect(await there.open()).toEqual([]);
    await here.note(OPEN);
    await here.note(KEY);
    now += 1_500;
    expect(await there.open()).toEqual([
      { ...OPEN, openMs: 3_500 },
      { ...KEY, openMs: 58_500 },
    ]);
    await there.note(closed(KEY));
    expect(await here.open()).toEqual([{ ...OPEN, openMs: 3_500 }]);
    // The same once more is for longer.
    await here.note({ ...OPEN, openMs: 20_000 });
    now += 19_999;
    expect(await there.open()).toEqual([{ ...OPEN, openMs: 1 }]);
    now += 1;
    expect(await there.open()).toEqual([]);
    await here.note(closed(KEY));
    await here.note(KEY);
    expect(await there.open(), "what had run out took nothing with it").toEqual([KEY]);
    await connection.close();
  });

  test("RedisBreakers keeps a thousand at most, those that are open longest, and nothing for ever", async () => {
    await using redis = await anyRedis();
    const connection = await RedisConnection.open(redis.url);
    const prefix = `test:${crypto.randomUUID()}:`;
    const breakers = new RedisBreakers({ connection, prefix });
    const noting = Array.from({ length: 1_050 }, (_, index) =>
      breakers.note({ ...OPEN, model: `model-${index}`, openMs: 60_000 + 100 * index }),
    );
    await Promise.all(noting);
    const models = (await breakers.open()).map(({ model }) => model);
    expect(models).toHaveLength(1_000);
    expect(models[0]).toBe("model-50");
    for (const key of [`${prefix}{breakers}:open`, `${prefix}{breakers}:told`]) {
      const ttl = Number(await connection.send(key, ["PTTL", key]));
      expect(ttl).toBeGreaterThan(60_000);
      expect(ttl).toBeLessThan(200_000);
    }
    await connection.close();
  });
});

describeWithRedis("RedisBreakers on a Cluster", () => {
  test("RedisBreakers works on a Cluster", async () => {
    await using cluster = await startCluster(3);
    const connection = await RedisConnection.open(cluster.url);
    const breakers = new RedisBreakers({ connection });
    await breakers.note(OPEN);
    expect((await breakers.open()).map(({ model }) => model)).toEqual([OPEN.model]);
    await connection.close();
  });
});
