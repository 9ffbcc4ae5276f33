// Replicas that are restarted one by one, as an update does it, while people ask and read.

import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import type { Reading } from "./_chaos_readers.ts";
import { openClient, readPlain } from "./_chaos_readers.ts";
import type { Chaos } from "./_chaos_upstream.ts";
import { answerTo, startChaosUpstream } from "./_chaos_upstream.ts";
import { startFleet } from "./_fleet.ts";
import { describeWithRedis, startRedis } from "./_redis.ts";
import { readArchive } from "./_shared_journals.ts";
import { type TestPostgres, usePostgres } from "./real_postgres.ts";

/** Length and pace of an answer: some six seconds, twice as long as a replica waits for those that run. */
const PIECES = 120;
const PACE_MS = 50;
const DRAIN_SECONDS = "3";

/** Between two new questions. */
const ASK_EVERY_MS = 400;

/** What nobody may have to wait for the next piece; an heir has to be told, has to read the journal and has to ask. */
const LONGEST_FREEZE_MS = 4_000;

const postgres = await usePostgres("servers that are restarted one by one");

if (postgres !== undefined) {
  describeWithRedis("Replicas that are restarted one by one", () => {
    test("lose no answer and show no reader an error", { timeout: 120_000 }, () => roll(postgres));
  });
}

async function roll(postgres: TestPostgres): Promise<void> {
  // Always the same number: no misdeed, and pieces of one length.
  const random = () => 0.5;
  const chaos: Chaos = {
    random,
    pieces: PIECES,
    paceMs: PACE_MS,
    requests: new Map(),
    misdeeds: new Map(),
    stalling: new Set(),
    problems: [],
  };
  await using upstream = await startChaosUpstream(chaos, { refusesPrefill: false });
  await using redis = await startRedis();
  const databaseUrl = await postgres.create();
  await using fleet = await startFleet({
    replicas: 3,
    redis,
    databaseUrl,
    config: {
      providers: { one: { dialect: "openai-chat", baseUrl: upstream.url, model: "m", prefill: "trailing" } },
      routes: { default: { targets: [{ provider: "one" }], maxRetries: 0 } },
    },
    environment: { COGNIFORGE_DRAIN_SECONDS: DRAIN_SECONDS },
  });

  const rolling = new AbortController();
  const reading = askAndRead(fleet.url, rolling.signal);
  const codes: (number | null)[] = [];
  for (const mortal of fleet.mortals) {
    await pause(500);
    codes.push(await mortal.stop());
    await mortal.start();
  }
  rolling.abort();
  const readings = (await reading).flat();
  const journals = await vi.waitFor(
    async () => {
      const found = await readArchive(postgres, databaseUrl);
      expect(found).toHaveLength(new Set(readings.map(({ answerId }) => answerId)).size);
      return found;
    },
    { timeout: 20_000, interval: 100 },
  );
  const starts = journals.flatMap(({ events }) => events.filter((event) => event.type === "attempt-start"));
  const gaps = readings.map(({ longestGapMs }) => longestGapMs).sort((a, b) => a - b);
  const longestMs = gaps.at(-1) ?? 0;
  const story = {
    answers: journals.length,
    readers: readings.length,
    handedOver: starts.filter(({ why }) => why !== "first").length,
    "longest gap of a reader, ms (p50, max)": [gaps[gaps.length >> 1], longestMs].map((ms) => Math.round(ms ?? 0)),
    "of which the upstream's own": PACE_MS,
    errors: fleet.errors(),
  };
  console.log(`rolling restart: ${JSON.stringify(story)}`);

  expect(codes).toEqual([0, 0, 0]);
  expect(fleet.faults).toEqual([]);
  expect(fleet.errors()).toEqual([]);
  expect(chaos.problems).toEqual([]);
  for (const { answerId, reader, text, outcome, length, sha256 } of readings) {
    const wanted = answerTo(answerId, PIECES);
    const name = `${answerId} by ${reader}`;
    expect(outcome, name).toBe("completed");
    expect(text === wanted, `${name} has exactly the text`).toBe(true);
    expect([length, sha256], name).toEqual([wanted.length, createHash("sha256").update(wanted).digest("hex")]);
  }
  expect(journals.filter(({ isRecorded }) => !isRecorded)).toEqual([]);
  expect(starts.length, "some were handed over").toBeGreaterThan(journals.length);
  expect(longestMs - PACE_MS).toBeLessThan(LONGEST_FREEZE_MS);
}

/** Asks again and again until the signal; resolves, when all are answered, to what two readers of each have read. */
async function askAndRead(url: string, signal: AbortSignal) {
  const client = openClient(url);
  const all: Promise<Reading[]>[] = [];
  for (let count = 0; !signal.aborted; count++) {
    const name = `rolled-answer-${count}`;
    const asking = { question: name, answerId: name };
    all.push(Promise.all([readPlain(url, asking, []), client.ask(asking, () => {})]));
    await pause(ASK_EVERY_MS);
  }
  return Promise.all(all);
}
