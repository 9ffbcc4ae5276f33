import { journalConformance } from "@cogniforge/core/journal/conformance";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RedisConnection } from "../src/redis/redis_connection.ts";
import { describeWithRedis, startCluster, startRedis, startSentinel, type TestRedis } from "./_redis.ts";
import { openJournalSubject } from "./_redis_journal.ts";
import { collect, created, delta, end, Replicas, until } from "./_replicas.ts";

describeWithRedis("RedisJournal on a Cluster", () => {
  let cluster: Awaited<ReturnType<typeof startCluster>>;
  beforeAll(async () => {
    cluster = await startCluster(3);
  }, 30_000);
  afterAll(() => cluster[Symbol.asyncDispose]());

  for (const { name, run } of journalConformance({
    open: () => openJournalSubject(cluster.url),
    isDurable: true,
    seeds: [1],
  }))
    test(name, run);

  test("answers live on all of its nodes, and readers elsewhere are told of each", async () => {
    await using replicas = new Replicas();
    const [a, b] = [await replicas.add(cluster.url), await replicas.add(cluster.url)];
    const ids = Array.from({ length: 12 }, (_, index) => `spread-answer-${index}`);
    const leases = await Promise.all(ids.map((id) => created(a, id)));
    const readers = ids.map((id) => collect(b.journal.follow(id, { after: 0 })));
    for (let seq = 1; seq <= 20; seq++) {
      await Promise.all(leases.map((lease) => a.journal.append(lease, [seq === 20 ? end(seq) : delta(seq)])));
    }
    for (const events of await Promise.all(readers)) expect(events.map(({ seq }) => seq)).toHaveLength(20);
    for (const node of cluster.nodes) {
      const scripts = String(await node.command("INFO", "commandstats"));
      expect(scripts, `node ${node.port}`).toMatch(/cmdstat_xadd:calls=\d/);
    }
  });
});

describeWithRedis("RedisJournal on a Cluster whose node dies", () => {
  test("waits for it, and its readers miss nothing: those who were there, and those who came meanwhile", async () => {
    await using cluster = await startCluster(3);
    await using replicas = new Replicas();
    const options = { patienceMs: 15_000 };
    const [a, b] = [await replicas.add(cluster.url, options), await replicas.add(cluster.url, options)];
    const lease = await created(a, "dead-node", { ttlMs: 60_000 });
    const readers = [collect(b.journal.follow("dead-node", { after: 0 }))];
    await a.journal.append(lease, [delta(1)]);
    const holding = await Promise.all(
      cluster.nodes.map((node) => node.command("EXISTS", "cogniforge:{dead-node}:head").catch(() => 0)),
    );
    const node = cluster.nodes[holding.indexOf(1)];
    await node?.stop();
    readers.push(collect(b.journal.follow("dead-node", { after: 0 })));
    const appending = a.journal.append(lease, [delta(2)]);
    await node?.start();
    await appending;
    await a.journal.append(lease, [end(3)]);
    for (const reader of readers) expect(await reader).toEqual([delta(1), delta(2), end(3)]);
  }, 40_000);
});

describeWithRedis("RedisJournal behind Sentinels", () => {
  async function openSentinels(): Promise<{ master: TestRedis; copy: TestRedis; sentinel: TestRedis }> {
    const master = await startRedis("--repl-diskless-sync-delay", "0");
    const copy = await startRedis("--replicaof", master.host, String(master.port));
    const sentinel = await startSentinel(master);
    const isKnown = async () => {
      const replicas = (await sentinel.command("SENTINEL", "REPLICAS", "main")) as unknown[];
      return replicas.length === 1 && /state=online/.test(String(await master.command("INFO", "replication")));
    };
    await until("the Sentinel knows the replica", isKnown, 20_000);
    return { master, copy, sentinel };
  }

  test("goes on at the new master after a failover, and its readers with it", async () => {
    const { master, copy, sentinel } = await openSentinels();
    try {
      await using replicas = new Replicas();
      const url = `redis+sentinel://127.0.0.1:1,${sentinel.host}:${sentinel.port}?master=main`;
      await expect(RedisConnection.open(url.replace("=main", "=none"))).rejects.toMatchObject({
        reason: "unreachable",
        message: expect.stringContaining("knows no master 'none'"),
      });
      const options = { patienceMs: 15_000 };
      const [a, b] = [await replicas.add(url, options), await replicas.add(url, options)];
      const lease = await created(a, "failed-over", { ttlMs: 60_000 });
      const readers = [a, b].map(({ journal }) => collect(journal.follow("failed-over", { after: 0 })));
      await a.journal.append(lease, [delta(1), delta(2)]);
      await until("the replica has it", () => copy.command("XLEN", "cogniforge:{failed-over}:events"));
      await master.stop();
      await a.journal.append(lease, [delta(3)]);
      expect(await a.journal.renew(lease, 60_000)).toMatchObject({ epoch: 1 });
      await a.journal.append(lease, [end(4)]);
      expect(await b.journal.read("failed-over", 0, 10)).toEqual([delta(1), delta(2), delta(3), end(4)]);
      for (const reader of readers) expect(await reader).toEqual([delta(1), delta(2), delta(3), end(4)]);
      expect((await copy.command("ROLE")) as unknown[]).toContain("master");
    } finally {
      for (const server of [sentinel, copy, master]) await server[Symbol.asyncDispose]();
    }
  }, 60_000);
});
