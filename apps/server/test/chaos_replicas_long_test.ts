// Replicas over one PostgreSQL and one Redis, while replicas, databases and lines die in turn.

import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { JournalEvent } from "@cogniforge/core/events";
import { expect, test, vi } from "vitest";
import { seededRandom } from "../../../packages/core/testing/seeded_random.ts";
import type { Asking, Reading } from "./_chaos_readers.ts";
import { openClient, readPlain, trails } from "./_chaos_readers.ts";
import type { Chaos } from "./_chaos_upstream.ts";
import { answerTo, newChaos, startChaosUpstream } from "./_chaos_upstream.ts";
import { type Fleet, type Mortal, startFleet } from "./_fleet.ts";
import { describeWithRedis, startRedis, type TestRedis } from "./_redis.ts";
import type { ArchivedJournal } from "./_shared_journals.ts";
import { readArchive, readHead, readLive, watchHeads } from "./_shared_journals.ts";
import { type OwnPostgres, useOwnPostgres } from "./real_postgres.ts";

const SEED = Number(
  process.env.CHAOS_SEED ?? (process.env.COGNIFORGE_LONG === "1" ? Math.floor(Math.random() * 2 ** 31) : 1),
);

/** What happens to replicas, and to what they live on. `paused`: for longer than a lease. */
const STRIKES = ["paused", "killed", "redis-restarted", "postgres-restarted", "link-cut", "stopped"] as const;
type Strike = (typeof STRIKES)[number];

interface Scale {
  answers: number;
  /** Length and pace of each. */
  pieces: number;
  paceMs: number;
  strikes: readonly Strike[];
  /** At random, at most so long between two strikes. */
  withinMs: number;
  /** How long readers may take to have all, once nothing strikes any more. */
  restMs: number;
  timeoutMs: number;
}

/** The whole storm with `npm run test:long`; a short one otherwise. */
const SCALE: Scale =
  process.env.COGNIFORGE_LONG === "1"
    ? {
        answers: 300,
        pieces: 400,
        paceMs: 200,
        strikes: [...STRIKES, ...STRIKES, ...STRIKES],
        withinMs: 4_000,
        restMs: 90_000,
        timeoutMs: 500_000,
      }
    : {
        answers: 12,
        pieces: 80,
        paceMs: 50,
        strikes: ["paused", "link-cut", "redis-restarted", "killed"],
        withinMs: 800,
        restMs: 40_000,
        timeoutMs: 120_000,
      };

type Client = ReturnType<typeof openClient>;

const CLIENTS = 3;

/** So many of the readers' connections are lost before each strike. */
const HANG_UP_RATE = 0.2;

/** Longer than a lease, and than the others' next look for those that ran out. */
const PAUSE_MS = 16_000;

/** How long a line, or a database, stays away: longer than commands wait for Redis, so that appends fail. */
const AWAY_MS = 5_000;

const postgres = await useOwnPostgres("chaos over several servers");

if (postgres !== undefined) {
  describeWithRedis("Replicas in a storm", () => {
    test(
      `${SCALE.answers} answers through ${SCALE.strikes.join(", ")} are exact (CHAOS_SEED=${SEED})`,
      {
        timeout: SCALE.timeoutMs,
      },
      () => storm(postgres),
    );
  });
}

async function storm(postgres: OwnPostgres): Promise<void> {
  const random = seededRandom(SEED);
  const { pieces, paceMs } = SCALE;
  const chaos = newChaos({ random, pieces, paceMs });
  await using one = await startChaosUpstream(chaos, { refusesPrefill: false });
  await using two = await startChaosUpstream(chaos, { refusesPrefill: false });
  await using three = await startChaosUpstream(chaos, { refusesPrefill: true });
  await using redis = await startRedis("--appendonly", "yes", "--appendfsync", "always");
  const databaseUrl = await postgres.create();
  await using fleet = await startFleet({
    replicas: 3,
    redis,
    databaseUrl,
    config: configOf(one.url, two.url, three.url),
    environment: { COGNIFORGE_REDIS_DURABILITY: "aof" },
  });

  const begun = performance.now();
  const askings = Array.from({ length: SCALE.answers }, (_, index) => ({
    question: `Q${index}`,
    answerId: `storm-answer-${index}`,
  }));
  // A client's readers share one WebSocket: several of them are with several replicas.
  const clients = Array.from({ length: CLIENTS }, () => openClient(fleet.url)) as [Client, ...Client[]];
  const unfinished = new Set<string>();
  const reading = Promise.all(
    askings.map(async (asking, index) => {
      const client = clients[(index >> 1) % CLIENTS] as Client;
      const readings = readersOf(fleet.url, client, asking, index, random);
      return Promise.all(
        readings.map(async ([name, reading]) => {
          unfinished.add(`${asking.answerId} by ${name}`);
          const read = await reading;
          unfinished.delete(`${asking.answerId} by ${name}`);
          return read;
        }),
      );
    }),
  );
  reading.catch(() => {});
  await using watched = watchHeads(
    redis,
    askings.map(({ answerId }) => answerId),
  );
  const struck = await strikeAll(fleet, { redis, postgres, random });
  const isReadBy = performance.now() + SCALE.restMs;
  const failed = reading.then(
    () => undefined,
    (error: unknown) => error,
  );
  while (unfinished.size > 0 && performance.now() < isReadBy) await Promise.race([failed, pause(200)]);
  const stuck = await Promise.all(
    [...unfinished].map(async (name) => [name, await readHead(redis, name.split(" ", 1)[0] ?? ""), trails.get(name)]),
  );
  expect(stuck, `nobody waits for ever; ${struck.join(", ")}; ${JSON.stringify(count(fleet.errors()))}`).toEqual([]);
  const readings = (await reading).flat();
  const seconds = (performance.now() - begun) / 1000;

  const ids = askings.map(({ answerId }) => answerId).sort();
  const journals = await vi.waitFor(
    async () => {
      const found = await readArchive(postgres, databaseUrl);
      expect(found.map(({ answerId }) => answerId).sort(), "all are archived").toEqual(ids);
      expect(found.filter(({ isRecorded }) => !isRecorded).map(({ answerId }) => answerId)).toEqual([]);
      return found;
    },
    { timeout: 40_000, interval: 250 },
  );
  await vi.waitFor(() => expect(one.open() + two.open() + three.open()).toBe(0), { timeout: 5_000, interval: 20 });
  const live = new Map(await Promise.all(ids.map(async (id) => [id, await readLive(redis, id)] as const)));
  const codes = await Promise.all(fleet.mortals.map((mortal) => mortal.stop()));
  tell({ seconds, struck, journals, readings, chaos, reconnects: clients[0].reconnects(), fleet, watched });

  expect(fleet.faults).toEqual([]);
  expect(codes).toEqual([0, 0, 0]);
  expect(chaos.problems).toEqual([]);
  expect(watched.problems).toEqual([]);
  for (const one of readings) expectExact(one, askings);
  for (const journal of journals) {
    const events = live.get(journal.answerId) ?? [];
    if (events.length > 0) expect(journal.events, "the archive has what Redis had").toEqual(events);
    expectSound(journal, askings, chaos);
  }
}

function configOf(...urls: string[]) {
  const names = ["one", "two", "three"];
  const providers = urls.map((baseUrl, index) => [
    names[index],
    { dialect: "openai-chat", baseUrl, model: "m", ...(index !== 1 && { prefill: "trailing" }) },
  ]);
  return {
    providers: Object.fromEntries(providers),
    routes: {
      default: {
        targets: names.map((provider) => ({ provider })),
        timeouts: { firstTokenMs: 15_000, idleMs: 3_000, totalMs: 300_000 },
        maxRetries: 2,
      },
    },
  };
}

/** Readers of one answer: one that asks by its door, and others that join by the other or over another replica. */
function readersOf(
  url: string,
  client: Client,
  asking: Asking,
  index: number,
  random: () => number,
): [name: string, Promise<Reading>][] {
  const leaveAfter = Array.from({ length: 3 }, () => 2 + Math.floor(random() * 40));
  const plain = () => readPlain(url, asking, leaveAfter);
  if (index % 2 === 0) {
    return [
      ["plain", plain()],
      ["asking client", client.ask(asking, () => {})],
    ];
  }
  const started = Promise.withResolvers<void>();
  const asked = client.ask(asking, started.resolve);
  asked.catch(started.reject);
  return [
    ["asking client", asked],
    ["plain", started.promise.then(plain)],
    ["watching client", started.promise.then(() => client.watch(asking))],
  ];
}

interface World {
  redis: TestRedis;
  postgres: OwnPostgres;
  random: () => number;
}

/** Strikes one after the other, while who was paused stays so; resolves, when all are back, to what happened. */
async function strikeAll(fleet: Fleet, world: World): Promise<string[]> {
  const { random } = world;
  const struck: string[] = [];
  const busy = new Map<Mortal, Promise<void>>();
  for (const strike of SCALE.strikes) {
    await pause(300 + random() * SCALE.withinMs);
    fleet.balancer.hangUp(random, HANG_UP_RATE);
    const free = fleet.mortals.filter((mortal) => !busy.has(mortal));
    const mortal = free[Math.floor(random() * free.length)] as Mortal;
    struck.push(`${strike} ${/restarted/.test(strike) ? "" : mortal.name}`.trim());
    if (strike !== "paused") await strikeOne(strike, mortal, world);
    else
      busy.set(
        mortal,
        freeze(mortal).finally(() => busy.delete(mortal)),
      );
  }
  await Promise.all(busy.values());
  return struck;
}

async function freeze(mortal: Mortal): Promise<void> {
  mortal.pause();
  await pause(PAUSE_MS);
  mortal.resume();
}

async function strikeOne(strike: Exclude<Strike, "paused">, mortal: Mortal, { redis, postgres, random }: World) {
  const awayMs = random() * AWAY_MS;
  switch (strike) {
    case "killed":
      await mortal.kill();
      return mortal.start();
    case "stopped":
      expect(await mortal.stop()).toBe(0);
      return mortal.start();
    case "redis-restarted":
      await redis.stop();
      await pause(awayMs);
      return redis.start();
    case "postgres-restarted":
      await postgres.stop();
      await pause(awayMs);
      return postgres.start();
    case "link-cut":
      mortal.link.block();
      // Longer than commands wait: appends fail, and somebody else has to go on.
      await pause(AWAY_MS + awayMs);
      return mortal.link.unblock();
  }
}

function expectExact({ answerId, reader, text, outcome, length, sha256 }: Reading, askings: readonly Asking[]): void {
  const { question } = askings.find((asking) => asking.answerId === answerId) ?? { question: "" };
  const wanted = answerTo(question, SCALE.pieces);
  const name = `${answerId} by ${reader}`;
  expect(outcome, name).toBe("completed");
  expect(text === wanted, `${name} has exactly the text`).toBe(true);
  expect([length, sha256], name).toEqual([wanted.length, hashOf(wanted)]);
}

/** One end, every number in its place, no word of a holder that had lost it, and no more requests than attempts. */
function expectSound({ answerId, events }: ArchivedJournal, askings: readonly Asking[], chaos: Chaos): void {
  const { question } = askings.find((asking) => asking.answerId === answerId) ?? { question: "" };
  expect(
    events.map(({ seq }) => seq),
    answerId,
  ).toEqual(events.map((_, index) => index + 1));
  expect([events[0]?.type, events.at(-1)?.type]).toEqual(["answer-start", "answer-end"]);
  expect(events.filter(({ type }) => type === "answer-start" || type === "answer-end")).toHaveLength(2);
  const text = events.reduce((sum, event) => {
    if (event.type !== "text-delta") return sum;
    expect(event.offset, `${answerId} joins at ${event.seq}`).toBe(sum.length);
    return sum + event.text;
  }, "");
  expect(text === answerTo(question, SCALE.pieces), `${answerId} has its text in the journal`).toBe(true);
  expectAttemptsInTurn(answerId, events);
  const starts = events.filter((event) => event.type === "attempt-start");
  expect(
    starts.filter(({ why }) => why === "first"),
    answerId,
  ).toHaveLength(1);
  // An attempt is in the journal before its request leaves: only those whose holder lost the answer at once may have sent none.
  const requests = chaos.requests.get(question) ?? 0;
  expect(starts.length, answerId).toBeGreaterThanOrEqual(requests);
  expect(starts.length - requests, answerId).toBeLessThanOrEqual(lostEmpty(events));
}

/** An heir closes what it found open: whatever came of such an attempt later would be of a holder that had lost the answer. */
function expectAttemptsInTurn(answerId: string, events: readonly JournalEvent[]): void {
  const open = new Set<number>();
  for (const event of events) {
    if (event.type === "attempt-start") {
      expect(open.size, `${answerId}: one attempt at a time, at ${event.seq}`).toBe(0);
      open.add(event.attempt);
    } else if (event.type === "attempt-end") open.delete(event.attempt);
    else if (event.type === "text-delta") expect([...open], `${answerId} at ${event.seq}`).toEqual([event.attempt]);
  }
}

/** Attempts whose holder lost the answer before they had said anything. */
function lostEmpty(events: readonly JournalEvent[]): number {
  const spoken = new Set(events.map((event) => (event.type === "text-delta" ? event.attempt : 0)));
  return events.filter(
    (event) => event.type === "attempt-end" && event.failure?.code === "interrupted" && !spoken.has(event.attempt),
  ).length;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

interface Story {
  seconds: number;
  struck: readonly string[];
  journals: readonly ArchivedJournal[];
  readings: readonly Reading[];
  chaos: Chaos;
  reconnects: number;
  fleet: Fleet;
  watched: { epochs(): number[] };
}

/** What happened, for whoever reads the output. */
function tell({ seconds, struck, journals, readings, chaos, reconnects, fleet, watched }: Story): void {
  const events = journals.flatMap((journal) => journal.events);
  const starts = events.filter((event) => event.type === "attempt-start");
  const connections = readings.map((one) => (one.reader === "plain" ? one.connections : 0));
  const story = {
    seconds: Number(seconds.toFixed(1)),
    struck,
    readers: readings.length,
    "plain connections": connections.reduce((sum, number) => sum + number, 0),
    "client reconnects": reconnects,
    "connections by replica": [...fleet.balancer.shares.values()],
    attempts: count(starts.map(({ why }) => why)),
    requests: [...chaos.requests.values()].reduce((sum, number) => sum + number, 0),
    misdeeds: count([...chaos.misdeeds.values()].flat()),
    "answers by epoch": count(watched.epochs().map(String)),
    "longest silence in a journal, ms": Math.max(...journals.map(longestSilence)),
    errors: count(fleet.errors()),
  };
  console.log(`chaos of replicas ${SEED}: ${JSON.stringify(story, null, 1)}`);
}

function longestSilence({ events }: ArchivedJournal): number {
  return events.reduce((longest, { at }, index) => Math.max(longest, at - (events[index - 1]?.at ?? at)), 0);
}

function count(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words.toSorted()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
