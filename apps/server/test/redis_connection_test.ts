import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test, vi } from "vitest";
import { RedisConnection } from "../src/redis/redis_connection.ts";
import { defineScript } from "../src/redis/redis_script.ts";
import { storageFaultOf } from "../src/storage/mod.ts";
import { DURABLE, describeWithRedis, freePort, startRedis } from "./_redis.ts";
import { startTcpProxy } from "./_tcp_proxy.ts";

const COUNT = defineScript("return redis.call('INCR', KEYS[1])");

const refusal = (url: string, options = {}) =>
  RedisConnection.open(url, options).then(
    () => undefined,
    (error) => error,
  );

test("RedisConnection.open() gives up within five seconds on a server that is not there, or that never answers", async () => {
  const port = await freePort();
  expect(await refusal(`redis://:secret@127.0.0.1:${port}`)).toMatchObject({ reason: "unreachable" });
  const mute = createServer(() => {});
  mute.listen(0, "127.0.0.1");
  await once(mute, "listening");
  const address = mute.address() as { port: number };
  const startedAt = performance.now();
  const error = await refusal(`redis://:secret@127.0.0.1:${address.port}`);
  mute.close();
  expect(performance.now() - startedAt).toBeLessThan(5_500);
  expect(error).toMatchObject({ reason: "unreachable" });
  expect(error.format()).toMatch(/^Redis at redis:\/\/:\*\*\*@.*\nRedis على العنوان/);
}, 10_000);

describeWithRedis("RedisConnection", () => {
  test("open() tells what is wrong with a server that can't be lived on, and shows no password", async () => {
    await using redis = await startRedis("--requirepass", "se/cret", "--databases", "2");
    const { host, port } = redis;
    const wrong = [
      [`redis://${host}:${port}`, "credentials"],
      [`redis://:wrong-secret@${host}:${port}`, "credentials"],
      [`redis://:se%2Fcret@${host}:${port}/7`, "database"],
      [`rediss://:se%2Fcret@${host}:${port}`, "unreachable"],
    ] as const;
    for (const [url, reason] of wrong) {
      const error = await refusal(url);
      expect(error, url).toMatchObject({ name: "RedisOpenError", reason });
      expect(`${error.stack} ${error.format()} ${JSON.stringify(error)}`, url).not.toMatch(/secret|se%2Fcret/);
    }
    await redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    expect(await refusal(redis.url)).toMatchObject({ reason: "evicts" });
    await redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
    expect(await refusal(redis.url, { durability: "aof" })).toMatchObject({ reason: "not-durable" });
    await redis.command("ACL", "SETUSER", "poor", "on", ">pw", "~cogniforge:*", "+@all", "-publish", "&*");
    expect(await refusal(`redis://poor:pw@${host}:${port}`)).toMatchObject({ reason: "forbidden" });
    await redis.command("REPLICAOF", "127.0.0.1", "1");
    expect(await refusal(redis.url)).toMatchObject({ reason: "is-replica" });
  }, 15_000);

  test("open() tells a Cluster that is written as one server from a server that is written as a Cluster", async () => {
    await using cluster = await startRedis("--cluster-enabled", "yes");
    expect(await refusal(cluster.url)).toMatchObject({ reason: "is-cluster" });
    await using single = await startRedis();
    expect(await refusal(single.url.replace("redis:", "redis+cluster:"))).toMatchObject({ name: "RedisOpenError" });
  }, 15_000);

  test("open() warns of a server that keeps nothing on its disk, and of nothing else", async () => {
    await using redis = await startRedis();
    for (const value of ["no", "yes"]) {
      await redis.command("CONFIG", "SET", "appendonly", value);
      const connection = await RedisConnection.open(redis.url);
      expect(connection.warnings.map(({ en }) => en)).toEqual(
        value === "no" ? [expect.stringMatching(/appendonly/)] : [],
      );
      await connection.close();
    }
  });

  test("run() and send() wait for a server that starts again, and know its scripts again", async () => {
    await using redis = await startRedis(...DURABLE);
    const connection = await RedisConnection.open(redis.url);
    const keys = ["cogniforge:{a}"];
    expect(await connection.run(COUNT, { keys, args: [""] })).toBe(1);
    await redis.stop();
    const waiting = connection.run(COUNT, { keys, args: [""] });
    expect(await connection.isHealthy()).toBe(false);
    await redis.start();
    expect(await waiting).toBe(2);
    expect(await connection.isHealthy()).toBe(true);
    await connection.close();
  });

  test("run() and send() fail as a fault of the storage when the server stays away, and when the connection is closed", async () => {
    await using redis = await startRedis();
    const connection = await RedisConnection.open(redis.url, { patienceMs: 200 });
    await redis.stop();
    const many = Array.from({ length: 100 }, () => connection.send("k", ["GET", "k"]));
    for (const result of await Promise.allSettled(many)) {
      expect(storageFaultOf(result.status === "rejected" && result.reason)).toBe("redis-unreachable");
    }
    await connection.close();
    const late = await connection.send("k", ["GET", "k"]).catch((error) => error);
    expect(storageFaultOf(late)).toBe("redis-unreachable");
  });

  test("a frozen server is left within some seconds, and a command that must not be done twice is not asked again", async () => {
    await using redis = await startRedis();
    const connection = await RedisConnection.open(redis.url, { patienceMs: 8_000 });
    await connection.send("k", ["GET", "k"]);
    redis.pause();
    const once = connection.run(COUNT, { keys: ["cogniforge:{once}"], args: [""], isRepeatable: false });
    const lost = await once.catch((error) => error);
    expect(storageFaultOf(lost)).toBe("redis-unreachable");
    redis.resume();
    expect(await connection.send("k", ["SET", "k", "1"])).toBe("OK");
    await connection.close();
  }, 20_000);

  test("whoever begins to listen while the line is cut hears once it is back", async () => {
    await using redis = await startRedis();
    await using proxy = await startTcpProxy(redis.port);
    const connection = await RedisConnection.open(`redis://127.0.0.1:${proxy.port}`);
    proxy.block();
    // Every moment of a cut: it is not noticed yet, it is, and it is being mended.
    const heard = new Set<string>();
    const waiting: Promise<unknown>[] = [];
    const begin = (channel: string) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(promise);
      connection.listen(channel, { hear: (message) => heard.add(`${channel} ${message}`), onHeard: resolve });
    };
    begin("at once");
    expect(await connection.isHealthy()).toBe(false);
    begin("while it is away");
    const refused = proxy.connections;
    await vi.waitFor(() => expect(proxy.connections).toBeGreaterThan(refused + 1));
    begin("while it is tried again");
    proxy.unblock();
    begin("as it comes back");
    await Promise.all(waiting);
    for (const channel of ["at once", "while it is away", "while it is tried again", "as it comes back"]) {
      expect(await redis.command("PUBLISH", channel, "hello")).toBe(1);
      await vi.waitFor(() => expect(heard).toContain(`${channel} hello`));
    }
    await connection.close();
  });
});
