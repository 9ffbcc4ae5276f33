import { afterAll, beforeAll, expect, test } from "vitest";
import { MemoryArchive } from "./_memory_archive.ts";
import { describeWithRedis, startRedis, type TestRedis } from "./_redis.ts";
import { collect, created, delta, end, header, Replicas, until } from "./_replicas.ts";

describeWithRedis("RedisJournal and its archive", () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  const ttl = async (answerId: string, what: string) =>
    Number(await redis.command("PTTL", `cogniforge:{${answerId}}:${what}`));

  test("an answer that has ended goes into the archive, leaves Redis after the grace, and is read on as before", async () => {
    await using replicas = new Replicas();
    const [a, b] = [await replicas.add(redis.url, { graceMs: 300 }), await replicas.add(redis.url, { graceMs: 300 })];
    const lease = await created(a, "ended-answer");
    await a.journal.append(lease, [delta(1), delta(2)]);
    expect([await ttl("ended-answer", "head"), await ttl("ended-answer", "events")]).toEqual([-1, -1]);
    const late = b.journal.follow("ended-answer", { after: 0 })[Symbol.asyncIterator]();
    const first = await late.next();
    await a.journal.append(lease, [delta(3), end(4)]);
    await a.journal.archived();
    expect(replicas.archive.kept.get("ended-answer")).toEqual({
      header: header("ended-answer"),
      events: [delta(1), delta(2), delta(3), end(4)],
    });
    const entry = { header: header("ended-answer"), lastSeq: 4, isEnded: true };
    expect(await b.journal.find("ended-answer")).toEqual(entry);
    await until("it has left Redis", async () => (await ttl("ended-answer", "head")) === -2);
    expect(await ttl("ended-answer", "events")).toBe(-2);
    // A reader that was there before goes on, others come, and asking again starts nothing.
    const rest = await collect({ [Symbol.asyncIterator]: () => late });
    expect([...(first.value ?? []), ...rest]).toEqual([delta(1), delta(2), delta(3), end(4)]);
    expect(await collect(b.journal.follow("ended-answer", { after: 1 }))).toEqual([delta(2), delta(3), end(4)]);
    expect(await a.journal.read("ended-answer", 2, 1)).toEqual([delta(3)]);
    expect(await b.journal.find("ended-answer")).toEqual(entry);
    const again = await b.journal.create(header("ended-answer"), { holder: "two", ttlMs: 1000 });
    expect(again).toEqual({ created: false, entry });
    await expect(a.journal.append(lease, [delta(5)])).rejects.toMatchObject({ name: "LeaseLostError" });
  });

  test("an answer stays in Redis while the archive refuses it, and another replica brings it there once the archive takes it", async () => {
    await using replicas = new Replicas();
    const refusing = new MemoryArchive();
    refusing.refuse = new Error("The archive is away");
    const a = await replicas.add(redis.url, { archive: refusing });
    const b = await replicas.add(redis.url);
    const lease = await created(a, "left-behind", { ttlMs: 100 });
    await a.journal.append(lease, [delta(1), end(2)]);
    await a.journal.archived();
    expect(replicas.errors).toEqual([refusing.refuse]);
    expect([await ttl("left-behind", "head"), await ttl("left-behind", "events")]).toEqual([-1, -1]);
    await until(
      "the other one finds it",
      async () => {
        expect(await b.journal.takeExpired({ holder: "b", ttlMs: 1000, limit: 10 })).toEqual([]);
        await b.journal.archived();
        return replicas.archive.kept.has("left-behind");
      },
      10_000,
    );
    expect(replicas.archive.kept.get("left-behind")?.events).toEqual([delta(1), end(2)]);
    expect(await ttl("left-behind", "head")).toBeGreaterThan(0);
    await b.journal.takeExpired({ holder: "b", ttlMs: 1000, limit: 10 });
    await b.journal.archived();
    expect(replicas.archive.brought.get("left-behind")).toBe(1);
    expect(await redis.command("ZCARD", "cogniforge:{answers}")).toBe(0);
  }, 15_000);

  test("an index entry of an answer that was never made is dropped, and one that is lost comes back with the next renewal", async () => {
    await using replicas = new Replicas();
    const { journal } = await replicas.add(redis.url);
    await redis.command("ZADD", "cogniforge:{answers}", "0", "never-made");
    expect(await journal.takeExpired({ holder: "x", ttlMs: 1000, limit: 10 })).toEqual([]);
    expect(await redis.command("ZCARD", "cogniforge:{answers}")).toBe(0);
    const lease = await created({ journal }, "index-lost", { ttlMs: 60_000 });
    await redis.command("DEL", "cogniforge:{answers}");
    await journal.renew(lease, 1);
    await until(
      "it is found",
      async () => (await journal.takeExpired({ holder: "x", ttlMs: 60_000, limit: 10 })).length,
    );
    await journal.renew({ ...lease, holder: "x", epoch: 2 }, 0);
    const [taken] = await journal.takeExpired({ holder: "y", ttlMs: 60_000, limit: 10 });
    expect(taken).toMatchObject({ answerId: "index-lost", epoch: 3 });
    if (taken) await journal.append(taken, [end(1)]);
    await journal.archived();
  });

  test("remove() forgets what has ended, also before the archive could take it twice, and leaves what runs", async () => {
    await using replicas = new Replicas();
    const { journal } = await replicas.add(redis.url);
    const [ended, running] = [await created({ journal }, "removed-one"), await created({ journal }, "running-one")];
    await journal.append(ended, [delta(1), end(2)]);
    await journal.append(running, [delta(1)]);
    await journal.remove(["removed-one", "running-one", "unknown-one"]);
    expect(await redis.command("EXISTS", "cogniforge:{removed-one}:head", "cogniforge:{removed-one}:events")).toBe(0);
    expect(replicas.archive.brought.get("removed-one")).toBe(1);
    expect(await journal.read("running-one", 0, 10)).toEqual([delta(1)]);
    await journal.append(running, [end(2)]);
  });
});
