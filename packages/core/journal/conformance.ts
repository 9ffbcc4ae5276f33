import type { JournalEvent } from "../events/mod.ts";
import { seededRandom } from "../testing/seeded_random.ts";
import {
  collect,
  created,
  delta,
  deltas,
  end,
  expectEqual,
  expectRejection,
  header,
  nextTask,
} from "./_conformance_tools.ts";
import type { Journal } from "./journal.ts";

/** A journal under test. */
export interface JournalSubject {
  journal: Journal;
  /** Moves the time of the leases on (or lets it pass, where a real server keeps it). */
  elapse(ms: number): void | Promise<void>;
  /** For durable journals: closes the journal and opens another on the same store. */
  reopen?: (() => Promise<Journal>) | undefined;
  /** Releases everything at the end of the case. */
  dispose(): Promise<void>;
}

/** One promise of the interface; `run` throws if the journal does not keep it. */
export interface ConformanceCase {
  name: string;
  run(): Promise<void>;
}

export interface ConformanceOptions {
  /** Opens an empty journal; called once for each case. */
  open(): Promise<JournalSubject>;
  /** Whether `reopen` is there. */
  isDurable: boolean;
  /** Seeds of the property cases; a failure names its seed. Default 1 to 5. */
  seeds?: readonly number[];
}

type Check = (subject: JournalSubject) => Promise<void>;

/** What every journal must keep, as cases for any test runner: `for (const { name, run } of …) test(name, run)`. */
export function journalConformance({
  open,
  isDurable,
  seeds = [1, 2, 3, 4, 5],
}: ConformanceOptions): ConformanceCase[] {
  const checks: [string, Check][] = [...RECORD, ...LEASES, ...FOLLOWING];
  if (isDurable) checks.push(...DURABLE);
  for (const seed of seeds) {
    checks.push([
      `follow() gives every reader everything exactly once, seed ${seed}`,
      (subject) => race(subject, seed),
    ]);
  }
  return checks.map(([name, check]) => ({
    name,
    async run() {
      const subject = await open();
      try {
        await check(subject);
      } finally {
        await subject.dispose();
      }
    },
  }));
}

const RECORD: [string, Check][] = [
  [
    "create() keeps the header, and find() tells nothing of an unknown answer",
    async ({ journal }) => {
      await created(journal, "answer-1");
      expectEqual(await journal.find("answer-1"), { header: header("answer-1"), lastSeq: 0, isEnded: false }, "entry");
      expectEqual(await journal.find("answer-2"), undefined, "unknown entry");
      expectEqual(await journal.read("answer-2", 0, 10), [], "unknown events");
    },
  ],
  [
    "create() twice gives one lease, also at the same moment, and tells what is there",
    async ({ journal }) => {
      const results = await Promise.all(
        ["one", "two", "three"].map((holder) => journal.create(header("answer-1", holder), { holder, ttlMs: 1000 })),
      );
      expectEqual(results.filter((result) => result.created).length, 1, "leases given");
      const winner = results.find((result) => result.created);
      if (!winner?.created) return;
      await journal.append(winner.lease, [delta(1)]);
      const again = await journal.create(header("answer-1", "late"), { holder: "late", ttlMs: 1000 });
      const found = { header: header("answer-1", winner.lease.holder), lastSeq: 1, isEnded: false };
      expectEqual(again, { created: false, entry: found }, "second create");
    },
  ],
  [
    "append() and read() keep events exactly, page by page",
    async ({ journal }) => {
      const lease = await created(journal, "answer-1");
      const events = [...deltas(1, 24), delta(25, '\u0000 \u2028 "quoted" 👨‍👩‍👧 \ud83d half'), end(26)];
      await journal.append(lease, events.slice(0, 1));
      await journal.append(lease, events.slice(1, 20));
      await journal.append(lease, []);
      await journal.append(lease, events.slice(20));
      expectEqual(await journal.read("answer-1", 0, 100), events, "whole");
      expectEqual(await journal.read("answer-1", 0, 10), events.slice(0, 10), "first page");
      expectEqual(await journal.read("answer-1", 17, 4), events.slice(17, 21), "a page across batches");
      expectEqual(await journal.read("answer-1", 26, 10), [], "after the end");
      expectEqual(await journal.read("answer-1", 99, 10), [], "beyond the end");
      expectEqual((await journal.find("answer-1"))?.lastSeq, 26, "lastSeq");
    },
  ],
  [
    "append() refuses a gap, a repetition and an event after the end, and writes nothing of that batch",
    async ({ journal }) => {
      const lease = await created(journal, "answer-1");
      await journal.append(lease, deltas(1, 2));
      const wrong = [[delta(4)], [delta(2)], [delta(3), delta(5)], [delta(3), delta(3)], [delta(3), end(4), delta(5)]];
      for (const batch of wrong) {
        const what = `sequence ${batch.map(({ seq }) => seq)}`;
        await expectRejection(journal.append(lease, batch), "RangeError", what);
      }
      expectEqual(await journal.read("answer-1", 0, 10), deltas(1, 2), "events");
      await journal.append(lease, [delta(3)]);
      expectEqual((await journal.find("answer-1"))?.lastSeq, 3, "lastSeq");
    },
  ],
  [
    "append() in one go keeps the order, and a refused one among them fails alone",
    async ({ journal }) => {
      const [first, second] = [await created(journal, "answer-1"), await created(journal, "answer-2")];
      const results = await Promise.allSettled([
        journal.append(first, deltas(1, 3)),
        journal.append(second, [delta(7)]),
        journal.append(first, deltas(4, 5)),
        journal.append({ ...second, epoch: second.epoch + 1 }, [delta(1)]),
        journal.append(second, [delta(1)]),
        journal.append(first, [end(6)]),
      ]);
      expectEqual(
        results.map((result) => (result.status === "rejected" ? result.reason.name : "ok")),
        ["ok", "RangeError", "ok", "LeaseLostError", "ok", "ok"],
        "outcomes",
      );
      expectEqual(await journal.read("answer-1", 0, 10), [...deltas(1, 5), end(6)], "first answer");
      expectEqual(await journal.read("answer-2", 0, 10), [delta(1)], "second answer");
    },
  ],
];

const LEASES: [string, Check][] = [
  [
    "takeExpired() leaves a lease that is renewed, takes one that ran out, and fences the old holder off",
    async ({ journal, elapse }) => {
      const old = await created(journal, "answer-1", "one", 1000);
      await journal.append(old, [delta(1)]);
      await elapse(600);
      const renewed = await journal.renew(old, 1000);
      expectEqual(renewed.epoch, old.epoch, "epoch after renewing");
      await elapse(600);
      expectEqual(await journal.takeExpired({ holder: "two", ttlMs: 1000, limit: 10 }), [], "while it is held");
      await elapse(600);
      // Out of time, but nobody took it: its holder is still the only one.
      await journal.append(renewed, [delta(2)]);
      const [taken, ...others] = await journal.takeExpired({ holder: "two", ttlMs: 1000, limit: 10 });
      expectEqual(others, [], "other leases");
      if (taken === undefined) throw new Error("Expected the expired lease to be taken");
      expectEqual([taken.answerId, taken.holder, taken.epoch > old.epoch], ["answer-1", "two", true], "lease");
      await expectRejection(journal.append(renewed, [delta(3)]), "LeaseLostError", "append of the old holder");
      await expectRejection(journal.renew(renewed, 1000), "LeaseLostError", "renewal by the old holder");
      await journal.append(taken, [delta(3)]);
      expectEqual(await journal.read("answer-1", 0, 10), deltas(1, 3), "events");
    },
  ],
  [
    "takeExpired() fences off a holder of the same name, and gives no lease twice",
    async ({ journal, elapse }) => {
      const ids = Array.from({ length: 7 }, (_, index) => `answer-${index}`);
      const leases = await Promise.all(ids.map((id) => created(journal, id, "one", 1000)));
      await elapse(2000);
      const limits = [3, 2, 10];
      const rounds = await Promise.all(
        limits.map((limit) => journal.takeExpired({ holder: "one", ttlMs: 1000, limit })),
      );
      expectEqual(
        rounds
          .flat()
          .map(({ answerId }) => answerId)
          .sort(),
        ids,
        "answers taken",
      );
      const isWithin = rounds.every((round, index) => round.length <= (limits[index] ?? 0));
      expectEqual(isWithin, true, "limits kept");
      for (const lease of leases) await expectRejection(journal.append(lease, [delta(1)]), "LeaseLostError", "append");
    },
  ],
  [
    "append() of the end gives the lease up for good",
    async ({ journal, elapse }) => {
      const lease = await created(journal, "answer-1", "one", 1000);
      await journal.append(lease, [delta(1), end(2)]);
      expectEqual((await journal.find("answer-1"))?.isEnded, true, "isEnded");
      await elapse(5000);
      expectEqual(await journal.takeExpired({ holder: "two", ttlMs: 1000, limit: 10 }), [], "leases to take");
      await expectRejection(journal.append(lease, [delta(3)]), "LeaseLostError", "append after the end");
      await expectRejection(journal.renew(lease, 1000), "LeaseLostError", "renewal after the end");
      const again = await journal.create(header("answer-1"), { holder: "two", ttlMs: 1000 });
      expectEqual(again.created, false, "created again");
    },
  ],
];

const FOLLOWING: [string, Check][] = [
  [
    "follow() tells the past, then the present, and returns after the end",
    async ({ journal }) => {
      const lease = await created(journal, "answer-1");
      await journal.append(lease, deltas(1, 3));
      const whole = collect(journal.follow("answer-1", { after: 0 }));
      const rest = collect(journal.follow("answer-1", { after: 2 }));
      await nextTask();
      await journal.append(lease, [delta(4)]);
      await journal.append(lease, [delta(5), end(6)]);
      expectEqual(await whole, [...deltas(1, 5), end(6)], "whole");
      expectEqual(await rest, [...deltas(3, 5), end(6)], "rest");
      expectEqual(await collect(journal.follow("answer-1", { after: 5 })), [end(6)], "after the fact");
      expectEqual(await collect(journal.follow("answer-1", { after: 6 })), [], "after the end");
    },
  ],
  [
    "follow() refuses an unknown answer",
    async ({ journal }) => {
      await expectRejection(collect(journal.follow("answer-0", { after: 0 })), "RangeError", "unknown");
    },
  ],
  [
    "follow() returns when its signal aborts: before, while it waits and between batches",
    async ({ journal }) => {
      const lease = await created(journal, "answer-1");
      await journal.append(lease, deltas(1, 2));
      const before = collect(journal.follow("answer-1", { after: 0, signal: AbortSignal.abort() }));
      expectEqual(await before, [], "aborted before");
      const waiting = new AbortController();
      const tail = collect(journal.follow("answer-1", { after: 0, signal: waiting.signal }));
      await nextTask();
      waiting.abort();
      expectEqual(await tail, deltas(1, 2), "aborted while waiting");
      const between = new AbortController();
      const seen: number[] = [];
      for await (const batch of journal.follow("answer-1", { after: 0, signal: between.signal })) {
        seen.push(...batch.map(({ seq }) => seq));
        await journal.append(lease, [delta(3)]);
        between.abort();
      }
      expectEqual(seen, [1, 2], "aborted between batches");
    },
  ],
  [
    "follow() lets a reader that sleeps through everything catch up, and blocks nobody for it",
    async ({ journal }) => {
      const lease = await created(journal, "answer-1");
      const slow = journal.follow("answer-1", { after: 0 })[Symbol.asyncIterator]();
      await journal.append(lease, [delta(1)]);
      const first = await slow.next();
      for (let from = 2; from < 2000; from += 100) await journal.append(lease, deltas(from, from + 99));
      await journal.append(lease, [end(2002)]);
      const events: JournalEvent[] = [...(first.value ?? [])];
      for (let next = await slow.next(); !next.done; next = await slow.next()) events.push(...next.value);
      expectEqual(events, [...deltas(1, 2001), end(2002)], "what the slow reader got");
    },
  ],
  [
    "follow() goes on across a change of hands",
    async ({ journal, elapse }) => {
      const old = await created(journal, "answer-1", "one", 1000);
      const reader = collect(journal.follow("answer-1", { after: 0 }));
      await journal.append(old, [delta(1)]);
      await elapse(2000);
      const [taken] = await journal.takeExpired({ holder: "two", ttlMs: 1000, limit: 1 });
      await expectRejection(journal.append(old, [delta(2, "lost")]), "LeaseLostError", "old holder");
      if (taken) await journal.append(taken, [delta(2), end(3)]);
      expectEqual(await reader, [...deltas(1, 2), end(3)], "what the reader got");
    },
  ],
];

const DURABLE: [string, Check][] = [
  [
    "reopening finds everything that was acknowledged, and its leases",
    async ({ journal, reopen, elapse }) => {
      if (reopen === undefined) throw new TypeError("Expected 'reopen' of a durable journal");
      const [ended, running] = [await created(journal, "answer-1"), await created(journal, "answer-2", "one", 1000)];
      await journal.append(ended, [...deltas(1, 3), end(4)]);
      await Promise.all([journal.append(running, [delta(1)]), journal.append(running, [delta(2)])]);
      const again = await reopen();
      expectEqual(await again.read("answer-1", 0, 10), [...deltas(1, 3), end(4)], "ended answer");
      expectEqual(await again.find("answer-2"), { header: header("answer-2"), lastSeq: 2, isEnded: false }, "entry");
      await again.append(running, [delta(3)]);
      await elapse(2000);
      const taken = await again.takeExpired({ holder: "two", ttlMs: 1000, limit: 10 });
      expectEqual(
        taken.map(({ answerId, epoch }) => [answerId, epoch > running.epoch]),
        [["answer-2", true]],
        "taken",
      );
    },
  ],
  [
    "close() finishes the appends under way and ends the followers",
    async ({ journal, reopen }) => {
      if (reopen === undefined) throw new TypeError("Expected 'reopen' of a durable journal");
      const lease = await created(journal, "answer-1");
      const reader = collect(journal.follow("answer-1", { after: 0 }));
      await nextTask();
      const append = journal.append(lease, deltas(1, 5));
      const again = await reopen();
      await append;
      expectEqual((await reader).length % 5, 0, "the reader got the batch or nothing");
      expectEqual(await again.read("answer-1", 0, 10), deltas(1, 5), "events");
    },
  ],
];

/** Random writers and readers of a few answers at once: starting, pausing, leaving and coming back at random moments. */
async function race({ journal }: JournalSubject, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pause = async () => {
    for (let tasks = below(4); tasks > 0; tasks--) await nextTask();
  };
  const write = async (answerId: string): Promise<JournalEvent[]> => {
    const lease = await created(journal, answerId);
    const written: JournalEvent[] = [];
    const appends: Promise<void>[] = [];
    for (let batches = 20 + below(40); batches > 0; batches--) {
      const from = written.length + 1;
      const batch = batches === 1 ? [end(from)] : deltas(from, from + below(30));
      written.push(...batch);
      appends.push(journal.append(lease, batch));
      if (below(3) > 0) await appends.at(-1);
      await pause();
    }
    await Promise.all(appends);
    return written;
  };
  const readInPieces = async (answerId: string): Promise<JournalEvent[]> => {
    const got: JournalEvent[] = [];
    while (got.at(-1)?.type !== "answer-end") {
      await pause();
      if ((await journal.find(answerId)) === undefined) continue;
      const controller = new AbortController();
      let patience = below(12);
      for await (const batch of journal.follow(answerId, { after: got.length, signal: controller.signal })) {
        got.push(...batch);
        if (patience-- === 0) controller.abort();
        if (below(2) === 0) await pause();
      }
    }
    return got;
  };
  const answers = Array.from({ length: 3 }, (_, index) => `answer-${index}`);
  await Promise.all(
    answers.map(async (answerId) => {
      const writer = write(answerId);
      const readers = Array.from({ length: 8 }, () => readInPieces(answerId));
      const [written, ...got] = await Promise.all([writer, ...readers]);
      for (const events of got) expectEqual(events, written, `a reader of ${answerId}, seed ${seed}`);
      expectEqual(await journal.read(answerId, 0, 10_000), written, `the journal of ${answerId}, seed ${seed}`);
    }),
  );
}
