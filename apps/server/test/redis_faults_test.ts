import type { JournalEvent } from "@cogniforge/core/events";
import { expect, test } from "vitest";
import { storageFaultOf } from "../src/storage/mod.ts";
import { DURABLE, describeWithRedis, startRedis } from "./_redis.ts";
import { collect, created, delta, end, Replicas, until } from "./_replicas.ts";
import { startTcpProxy } from "./_tcp_proxy.ts";

describeWithRedis("RedisJournal on a Redis in trouble", () => {
  test("keeps what it acknowledged when Redis is killed and starts again between appends, and its readers go on", async () => {
    await using redis = await startRedis(...DURABLE);
    await using replicas = new Replicas();
    const options = { durability: "aof" } as const;
    const [a, b] = [await replicas.add(redis.url, options), await replicas.add(redis.url, options)];
    const lease = await created(a, "killed-redis", { ttlMs: 60_000 });
    const readers = [a, b].map(({ journal }) => collect(journal.follow("killed-redis", { after: 0 })));
    const written: JournalEvent[] = [];
    for (let round = 0; round < 4; round++) {
      for (let count = 0; count < 5; count++) {
        const event = delta(written.length + 1);
        await a.journal.append(lease, [event]);
        written.push(event);
      }
      // One append is under way when it dies: it is done exactly once, before or after.
      const event = delta(written.length + 1);
      const underWay = a.journal.append(lease, [event]);
      await redis.stop();
      await redis.start();
      await underWay;
      written.push(event);
      expect(await b.journal.read("killed-redis", 0, 1000)).toEqual(written);
    }
    expect(await a.journal.renew(lease, 60_000)).toMatchObject({ epoch: 1 });
    await a.journal.append(lease, [end(written.length + 1)]);
    for (const reader of readers) expect(await reader).toEqual([...written, end(written.length + 1)]);
  }, 30_000);

  test("gives back to a Redis that lost the last moments what it had acknowledged, but not what somebody else wrote since", async () => {
    await using redis = await startRedis();
    await using replicas = new Replicas();
    const [a, b] = [await replicas.add(redis.url), await replicas.add(redis.url)];
    const lease = await created(a, "forgetful-redis", { ttlMs: 60_000 });
    const taken = await created(a, "taken-meanwhile", { ttlMs: 60_000 });
    const readers = [a, b].map(({ journal }) => collect(journal.follow("forgetful-redis", { after: 0 })));
    await a.journal.append(lease, [delta(1)]);
    await a.journal.append(taken, [delta(1)]);
    await redis.command("SAVE");
    await a.journal.append(lease, [delta(2), delta(3)]);
    await a.journal.append(lease, [delta(4)]);
    await a.journal.append(taken, [delta(2, "lost")]);
    await redis.stop();
    await redis.start();
    expect(await b.journal.find("forgetful-redis")).toMatchObject({ lastSeq: 1 });
    await b.journal.renew(taken, 0);
    const [other] = await b.journal.takeExpired({ holder: "b", ttlMs: 60_000, limit: 10 });
    await a.journal.append(lease, [delta(5)]);
    await a.journal.append(lease, [end(6)]);
    const whole = [delta(1), delta(2), delta(3), delta(4), delta(5), end(6)];
    expect(await b.journal.read("forgetful-redis", 0, 10)).toEqual(whole);
    for (const reader of readers) expect(await reader).toEqual(whole);
    await expect(a.journal.append(taken, [delta(3)])).rejects.toMatchObject({ name: "LeaseLostError" });
    if (other) await b.journal.append(other, [delta(2, "after all"), end(3)]);
    expect(await b.journal.read("taken-meanwhile", 0, 10)).toEqual([delta(1), delta(2, "after all"), end(3)]);
  });

  test("writes a batch once whose acknowledgement was lost with the line, the end and several at once too", async () => {
    await using redis = await startRedis();
    await using proxy = await startTcpProxy(redis.port);
    await using replicas = new Replicas();
    const a = await replicas.add(`redis://127.0.0.1:${proxy.port}`);
    const b = await replicas.add(redis.url);
    const lease = await created(a, "lost-replies");
    const readers = [a, b].map(({ journal }) => collect(journal.follow("lost-replies", { after: 0 })));
    await a.journal.append(lease, [delta(1)]);
    proxy.loseReplyTo("poison-one");
    await a.journal.append(lease, [delta(2, "poison-one"), delta(3)]);
    proxy.loseReplyTo("poison-two");
    await Promise.all([
      a.journal.append(lease, [delta(4, "poison-two")]),
      a.journal.append(lease, [delta(5), delta(6)]),
      a.journal.append(lease, [delta(7)]),
    ]);
    proxy.loseReplyTo("answer-end");
    await a.journal.append(lease, [end(8)]);
    const whole = [
      delta(1),
      delta(2, "poison-one"),
      delta(3),
      delta(4, "poison-two"),
      delta(5),
      delta(6),
      delta(7),
      end(8),
    ];
    for (const reader of readers) expect(await reader).toEqual(whole);
    expect(proxy.connections).toBeGreaterThanOrEqual(5);
    await a.journal.archived();
    expect(replicas.archive.kept.get("lost-replies")?.events).toEqual(whole);
  });

  test("takes the same batch of the same lease again for done, and refuses another one in its place", async () => {
    await using redis = await startRedis();
    await using replicas = new Replicas();
    const { journal } = await replicas.add(redis.url);
    const lease = await created({ journal }, "same-again");
    await journal.append(lease, [delta(1), delta(2)]);
    await journal.append(lease, [delta(3)]);
    await journal.append(lease, [delta(1), delta(2)]);
    for (const other of [[delta(1), delta(2, "other")], [delta(2)], [delta(3, "other")]]) {
      await expect(journal.append(lease, other)).rejects.toBeInstanceOf(RangeError);
    }
    const stranger = { ...lease, epoch: lease.epoch + 1 };
    await expect(journal.append(stranger, [delta(3)])).rejects.toMatchObject({ name: "LeaseLostError" });
    expect(await journal.read("same-again", 0, 10)).toEqual([delta(1), delta(2), delta(3)]);
  });

  test("gives the same lease again where the reply to create() was lost", async () => {
    await using redis = await startRedis();
    await using proxy = await startTcpProxy(redis.port);
    await using replicas = new Replicas();
    const a = await replicas.add(`redis://127.0.0.1:${proxy.port}`);
    proxy.loseReplyTo("lost-create");
    const lease = await created(a, "lost-create");
    expect(lease.epoch).toBe(1);
    await a.journal.append(lease, [delta(1)]);
    expect(
      await a.journal.create(
        { answerId: "lost-create", owner: "", createdAt: 0, ask: {} },
        { holder: "one", ttlMs: 1 },
      ),
    ).toMatchObject({ created: false, entry: { lastSeq: 1 } });
  });

  test("misses nothing of what the other replica wrote while its line was cut", async () => {
    await using redis = await startRedis();
    await using proxy = await startTcpProxy(redis.port);
    await using replicas = new Replicas();
    const a = await replicas.add(redis.url);
    const b = await replicas.add(`redis://127.0.0.1:${proxy.port}`);
    const lease = await created(a, "cut-reader");
    const got: JournalEvent[] = [];
    const reader = (async () => {
      for await (const batch of b.journal.follow("cut-reader", { after: 0 })) got.push(...batch);
    })();
    const written: JournalEvent[] = [];
    for (let seq = 1; seq <= 100; seq++) {
      const event = seq === 100 ? end(seq) : delta(seq);
      if (seq % 25 === 0) {
        // What follows, the last word among it, is said while nobody hears.
        await until("it has caught up", () => got.length === written.length);
        proxy.cut();
      }
      written.push(event);
      await a.journal.append(lease, [event]);
    }
    await reader;
    expect(got).toEqual(written);
  });

  test("refuses with a clear fault what a full memory can't take, writes nothing of it, and goes on once there is room", async () => {
    await using redis = await startRedis("--maxmemory-policy", "noeviction");
    await using replicas = new Replicas();
    const { journal, connection } = await replicas.add(redis.url);
    const lease = await created({ journal }, "full-memory");
    await journal.append(lease, [delta(1)]);
    await redis.command("CONFIG", "SET", "maxmemory", "1mb");
    for (const batch of [
      [delta(2), delta(3)],
      [delta(2), end(3)],
    ]) {
      const error = await journal.append(lease, batch).catch((reason) => reason);
      expect(storageFaultOf(error)).toBe("redis-full");
    }
    expect(storageFaultOf(await journal.renew(lease, 1000).catch((reason) => reason))).toBe("redis-full");
    expect(await connection.isHealthy()).toBe(false);
    expect(await journal.find("full-memory")).toMatchObject({ lastSeq: 1, isEnded: false });
    expect(await journal.read("full-memory", 0, 10)).toEqual([delta(1)]);
    await redis.command("CONFIG", "SET", "maxmemory", "0");
    await journal.append(lease, [delta(2), end(3)]);
    expect(await journal.read("full-memory", 0, 10)).toEqual([delta(1), delta(2), end(3)]);
  });

  test("waits for a Redis that is slow, in order, and loses nothing", async () => {
    await using redis = await startRedis();
    await using replicas = new Replicas();
    const [a, b] = [await replicas.add(redis.url), await replicas.add(redis.url)];
    const lease = await created(a, "slow-redis");
    const reader = collect(b.journal.follow("slow-redis", { after: 0 }));
    await a.journal.append(lease, [delta(1)]);
    const startedAt = performance.now();
    redis.pause();
    setTimeout(redis.resume, 1_000);
    await Promise.all([2, 3, 4].map((seq) => a.journal.append(lease, [delta(seq)])));
    expect(performance.now() - startedAt).toBeGreaterThan(900);
    await a.journal.append(lease, [end(5)]);
    expect(await reader).toEqual([delta(1), delta(2), delta(3), delta(4), end(5)]);
  });

  test("fails as a fault of the storage when Redis is gone for good, for readers who read too", async () => {
    const redis = await startRedis();
    await using replicas = new Replicas();
    const { journal } = await replicas.add(redis.url, { patienceMs: 300 });
    const lease = await created({ journal }, "gone-redis");
    await redis[Symbol.asyncDispose]();
    const calls = [
      journal.append(lease, [delta(1)]),
      journal.renew(lease, 1000),
      journal.find("gone-redis"),
      journal.read("gone-redis", 0, 1),
      journal.takeExpired({ holder: "x", ttlMs: 1, limit: 1 }),
      collect(journal.follow("gone-redis", { after: 0 })),
    ];
    for (const result of await Promise.allSettled(calls)) {
      expect(storageFaultOf(result.status === "rejected" && result.reason)).toBe("redis-unreachable");
    }
  });

  test("with durability 'replica' acknowledges only what a replica has, and says so where none is there", async () => {
    await using master = await startRedis("--repl-diskless-sync-delay", "0");
    await using copy = await startRedis("--replicaof", master.host, String(master.port));
    await until("the replica is in step", async () =>
      /state=online/.test(String(await master.command("INFO", "replication"))),
    );
    await using replicas = new Replicas();
    const { journal } = await replicas.add(master.url, { durability: "replica", patienceMs: 100 });
    const lease = await created({ journal }, "copied-answer");
    await Promise.all([journal.append(lease, [delta(1)]), journal.append(lease, [delta(2)])]);
    expect(await copy.command("XLEN", "cogniforge:{copied-answer}:events")).toBe(2);
    await copy.stop();
    const error = await journal.append(lease, [delta(3)]).catch((reason) => reason);
    expect(storageFaultOf(error)).toBe("redis-refused");
  }, 20_000);
});
