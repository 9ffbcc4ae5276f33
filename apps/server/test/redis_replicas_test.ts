import type { JournalEvent } from "@cogniforge/core/events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWithRedis, startRedis, type TestRedis } from "./_redis.ts";
import { collect, created, delta, end, Replicas, until } from "./_replicas.ts";

/** Calls of a command that Redis has had. */
async function calls(redis: TestRedis, command: string): Promise<number> {
  const stats = String(await redis.command("INFO", "commandstats"));
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
}

async function subscribers(redis: TestRedis, channel: string): Promise<number> {
  const reply = await redis.command("PUBSUB", "NUMSUB", channel);
  return Number(Array.isArray(reply) ? reply[1] : Object.values(reply as object)[0]);
}

describeWithRedis("Two journals on one Redis", () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  test("follow() on one gets what the other appends once, in order and pushed: the journal is not read for it", async () => {
    await using replicas = new Replicas();
    const [a, b] = [await replicas.add(redis.url), await replicas.add(redis.url)];
    const lease = await created(a, "pushed-answer");
    await a.journal.append(lease, [delta(1), delta(2)]);
    const got: JournalEvent[] = [];
    const delays: number[] = [];
    let appendedAt = 0;
    const reader = (async () => {
      for await (const batch of b.journal.follow("pushed-answer", { after: 0 })) {
        delays.push(performance.now() - appendedAt);
        got.push(...batch);
      }
    })();
    await until("the reader hears", () => subscribers(redis, "cogniforge:{pushed-answer}:news"));
    await until("the past was read", () => got.length === 2);
    const reads = await calls(redis, "xrange");
    for (let seq = 3; seq <= 200; seq++) {
      appendedAt = performance.now();
      await a.journal.append(lease, [delta(seq)]);
      await until("it came", () => got.length === seq);
    }
    // Some of the beginning, and of the look after the channel was entered, may still have been on their way.
    expect((await calls(redis, "xrange")) - reads).toBeLessThanOrEqual(5);
    await a.journal.append(lease, [end(201)]);
    await reader;
    expect(got.map(({ seq }) => seq)).toEqual(Array.from({ length: 201 }, (_, index) => index + 1));
    const median = delays.slice(1, -1).sort((one, other) => one - other)[Math.floor(delays.length / 2)] ?? 0;
    expect(median, "milliseconds from the append to the reader").toBeLessThan(5);
  });

  test("follow() costs one channel however many follow, none where the answer is carried, and nothing when they have left", async () => {
    await using replicas = new Replicas();
    const [a, b] = [await replicas.add(redis.url), await replicas.add(redis.url)];
    const lease = await created(a, "many-readers");
    const channel = "cogniforge:{many-readers}:news";
    const controller = new AbortController();
    const { signal } = controller;
    const leaving = Array.from({ length: 50 }, () => collect(b.journal.follow("many-readers", { after: 0, signal })));
    const staying = [a, b].map(({ journal }) => collect(journal.follow("many-readers", { after: 0 })));
    await until("they hear", () => subscribers(redis, channel));
    await a.journal.append(lease, [delta(1)]);
    await until("they follow", () => b.journal.followers === 51 && a.journal.followers === 1);
    expect([await subscribers(redis, channel), a.connection.channels, b.connection.channels]).toEqual([1, 0, 1]);
    controller.abort();
    await Promise.all(leaving);
    await a.journal.append(lease, [end(2)]);
    for (const events of await Promise.all(staying)) expect(events).toEqual([delta(1), end(2)]);
    await until("nobody hears", async () => (await subscribers(redis, channel)) === 0);
    await until("nothing is kept", () => b.connection.channels === 0);
    expect([b.journal.followed, b.journal.followers]).toEqual([0, 0]);
  });

  test("follow() gives readers that hop between replicas everything exactly once", async () => {
    await using replicas = new Replicas();
    const both = [await replicas.add(redis.url), await replicas.add(redis.url)] as const;
    const lease = await created(both[0], "hopping-readers");
    const written: JournalEvent[] = [];
    const hop = async (first: number) => {
      const got: JournalEvent[] = [];
      for (let index = first; got.at(-1)?.type !== "answer-end"; index++) {
        const controller = new AbortController();
        const { signal } = controller;
        let patience = index % 4;
        const { journal } = both[index % 2] as (typeof both)[0];
        for await (const batch of journal.follow("hopping-readers", { after: got.length, signal })) {
          got.push(...batch);
          if (patience-- === 0) controller.abort();
        }
      }
      return got;
    };
    const readers = Array.from({ length: 16 }, (_, index) => hop(index));
    for (let seq = 1; seq <= 300; seq++) {
      const event = seq === 300 ? end(seq) : delta(seq);
      written.push(event);
      await both[0].journal.append(lease, [event]);
    }
    for (const got of await Promise.all(readers)) expect(got).toEqual(written);
  });

  test("a holder that slept too long gets no byte in, and its own readers follow the one that took over", async () => {
    await using replicas = new Replicas();
    const [a, b] = [await replicas.add(redis.url), await replicas.add(redis.url)];
    const old = await created(a, "taken-answer", { holder: "a", ttlMs: 300 });
    await a.journal.append(old, [delta(1)]);
    const reader = collect(a.journal.follow("taken-answer", { after: 0 }));
    let taken: Awaited<ReturnType<typeof b.journal.takeExpired>> = [];
    await until("the lease runs out", async () => {
      taken = await b.journal.takeExpired({ holder: "b", ttlMs: 10_000, limit: 10 });
      return taken.length > 0;
    });
    expect(taken).toMatchObject([{ answerId: "taken-answer", holder: "b", epoch: 2 }]);
    const [lease] = taken;
    if (lease === undefined) return;
    await expect(a.journal.append(old, [delta(2, "late")])).rejects.toMatchObject({ name: "LeaseLostError" });
    await expect(a.journal.renew(old, 1000)).rejects.toMatchObject({ name: "LeaseLostError" });
    await b.journal.append(lease, [delta(2), end(3)]);
    expect(await reader).toEqual([delta(1), delta(2), end(3)]);
    expect(await a.journal.takeExpired({ holder: "a", ttlMs: 1000, limit: 10 })).toEqual([]);
  });

  test("a silent holder's readers hear who took over, though the holder itself never wakes up to notice", async () => {
    await using replicas = new Replicas();
    const [a, b] = [await replicas.add(redis.url), await replicas.add(redis.url)];
    await created(a, "silent-holder", { holder: "a", ttlMs: 200 });
    const reader = collect(a.journal.follow("silent-holder", { after: 0 }));
    await until("it is taken over and ended", async () => {
      const [lease] = await b.journal.takeExpired({ holder: "b", ttlMs: 10_000, limit: 10 });
      if (lease === undefined) return false;
      await b.journal.append(lease, [delta(1), end(2)]);
      return true;
    });
    expect(await reader).toEqual([delta(1), end(2)]);
  });

  test("takeExpired() on both at once gives each lease to one of them", async () => {
    await using replicas = new Replicas();
    const [a, b] = [await replicas.add(redis.url), await replicas.add(redis.url)];
    const ids = Array.from({ length: 40 }, (_, index) => `orphan-answer-${index}`);
    for (const id of ids) await created(a, id, { ttlMs: 1 });
    const taken: string[] = [];
    await until("all are taken", async () => {
      const rounds = await Promise.all(
        [a, b].map(({ journal }) => journal.takeExpired({ holder: "x", ttlMs: 60_000, limit: 7 })),
      );
      expect(rounds.every((round) => round.length <= 7)).toBe(true);
      taken.push(...rounds.flat().map(({ answerId }) => answerId));
      return taken.length >= ids.length;
    });
    expect(taken.sort()).toEqual([...ids].sort());
  });

  test("expireDeadHolders() lets what a dead process held be taken at once, and leaves the others alone", async () => {
    await using replicas = new Replicas();
    const [a, b] = [await replicas.add(redis.url), await replicas.add(redis.url)];
    await created(a, "held-by-dead", { holder: "dead", ttlMs: 600_000 });
    await created(a, "held-by-living", { holder: "living", ttlMs: 600_000 });
    await b.journal.expireDeadHolders((holder) => holder === "dead");
    const taken = await b.journal.takeExpired({ holder: "b", ttlMs: 600_000, limit: 10 });
    expect(taken.map(({ answerId }) => answerId)).toEqual(["held-by-dead"]);
    await b.journal.expireDeadHolders((holder) => holder === "dead");
    expect(await b.journal.takeExpired({ holder: "b", ttlMs: 600_000, limit: 10 })).toEqual([]);
  });
});
