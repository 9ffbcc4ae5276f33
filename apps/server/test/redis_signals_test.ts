import { afterAll, beforeAll, expect, test } from "vitest";
import { RedisConnection } from "../src/redis/redis_connection.ts";
import { RedisSignals } from "../src/redis/redis_signals.ts";
import { anyRedis, describeWithAnyRedis } from "./_redis.ts";
import { until } from "./_replicas.ts";

describeWithAnyRedis("RedisSignals", () => {
  let redis: Awaited<ReturnType<typeof anyRedis>>;
  beforeAll(async () => {
    redis = await anyRedis();
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  /** Signals of so many replicas, each heard by all. */
  async function open(count: number, waitMs = 5_000) {
    const prefix = `test:${crypto.randomUUID()}:`;
    const connections = await Promise.all(Array.from({ length: count }, () => RedisConnection.open(redis.url)));
    let heard = 0;
    const onMissed = () => {
      heard += 1;
    };
    const signals = connections.map((connection) => new RedisSignals({ connection, prefix, waitMs, onMissed }));
    await until("all hear", () => heard === count);
    return {
      prefix,
      signals,
      async [Symbol.asyncDispose]() {
        for (const one of signals) one.close();
        for (const connection of connections) await connection.close();
      },
    };
  }

  test("ask() finds the one replica that can do it, and tells when none can, without waiting for the time to pass", async () => {
    await using replicas = await open(3);
    const [a, b, c] = replicas.signals as [RedisSignals, RedisSignals, RedisSignals];
    const cancelled: unknown[] = [];
    for (const [signals, mine] of [
      [b, "answer-b"],
      [c, "answer-c"],
    ] as const) {
      signals.on("cancel", (answerId) => {
        if (answerId !== mine) return false;
        cancelled.push(answerId);
        return true;
      });
    }
    a.on("cancel", () => {
      throw new Error("Whoever asks is not asked");
    });
    const startedAt = performance.now();
    const asks = ["answer-c", "answer-b", "answer-x"].map((answerId) => a.ask("cancel", answerId));
    expect(await Promise.all(asks)).toEqual([true, true, false]);
    expect(await a.ask("unheard of", 1)).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect(cancelled.sort()).toEqual(["answer-b", "answer-c"]);
  });

  test("ask() of the only replica is answered with no at once, and one that never replies is not waited for long", async () => {
    await using alone = await open(1);
    expect(await alone.signals[0]?.ask("cancel", "x")).toBe(false);
    await using one = await open(1, 100);
    const frozen = await RedisConnection.open(redis.url);
    const heard = await new Promise<string>((resolve) => {
      frozen.listen(`${one.prefix}{signals}`, {
        hear: resolve,
        onHeard: () => void one.signals[0]?.ask("cancel", "x").then((isDone) => expect(isDone).toBe(false)),
      });
    });
    expect(JSON.parse(heard)).toMatchObject({ kind: "cancel", body: "x" });
    expect(await one.signals[0]?.ask("cancel", "y")).toBe(false);
    await frozen.close();
  });

  test("a handler that throws can't do it, and hears the next signal all the same", async () => {
    await using pair = await open(2);
    const [a, b] = pair.signals as [RedisSignals, RedisSignals];
    b.on("cancel", (answerId) => {
      if (answerId === "poison") throw new Error("A fault of the handler");
      return true;
    });
    expect(await a.ask("cancel", "poison")).toBe(false);
    expect(await a.ask("cancel", "fine")).toBe(true);
  });

  test("tell() reaches all others once, and not whoever tells", async () => {
    await using replicas = await open(3);
    const heard: string[] = [];
    for (const [index, signals] of replicas.signals.entries()) {
      signals.on("changed", (body) => {
        heard.push(`${index} ${JSON.stringify(body)}`);
        return undefined;
      });
    }
    await replicas.signals[1]?.tell("changed", { owner: "user:1" });
    await until("both heard", () => heard.length === 2);
    expect(heard.sort()).toEqual(['0 {"owner":"user:1"}', '2 {"owner":"user:1"}']);
  });
});
