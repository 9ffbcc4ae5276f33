import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { JournalEvent } from "@cogniforge/core/events";
import { expect, test, vi } from "vitest";
import { seededRandom } from "../../../packages/core/testing/seeded_random.ts";
import { tempFolder } from "../src/storage/temp_folder.ts";
import type { Asking, Reading } from "./_chaos_readers.ts";
import { openClient, readPlain } from "./_chaos_readers.ts";
import type { Chaos } from "./_chaos_upstream.ts";
import { answerTo, newChaos, startChaosUpstream } from "./_chaos_upstream.ts";
import { type Child, startChild } from "./_child.ts";
import { startCutProxy } from "./_cut_proxy.ts";
import type { StoredJournal } from "./_journals.ts";
import { readJournals } from "./_journals.ts";
import { KEY } from "./_server.ts";

const MAIN = fileURLToPath(new URL("../src/main.mjs", import.meta.url));

const SEED = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** How the program ends: at once, as politely as an operator asks it to, or at once and again while it is starting. */
const ENDS = ["killed", "stopped", "killed-while-starting"] as const;
type End = (typeof ENDS)[number];

interface Scale {
  answers: number;
  /** Length and pace of each. */
  pieces: number;
  paceMs: number;
  kills: number;
  killWithinMs: number;
  timeoutMs: number;
  ends: readonly End[];
}

/** The whole storm with `npm run test:long`, a gust of it otherwise. */
const SCALE: Scale =
  process.env.COGNIFORGE_LONG === "1"
    ? { answers: 200, pieces: 150, paceMs: 100, kills: 7, killWithinMs: 4_000, timeoutMs: 400_000, ends: ENDS }
    : { answers: 12, pieces: 100, paceMs: 20, kills: 1, killWithinMs: 1_500, timeoutMs: 90_000, ends: ["killed"] };

/** Where nobody listens. */
const NOWHERE = "http://127.0.0.1:1";

test(`${SCALE.answers} answers through ${SCALE.kills} ends of the server and every misdeed of upstreams are exact (CHAOS_SEED=${SEED})`, {
  timeout: SCALE.timeoutMs,
}, async () => {
  const random = seededRandom(SEED);
  const { pieces, paceMs } = SCALE;
  const chaos = newChaos({ random, pieces, paceMs });
  await using one = await startChaosUpstream(chaos, { refusesPrefill: false });
  await using two = await startChaosUpstream(chaos, { refusesPrefill: false });
  await using three = await startChaosUpstream(chaos, { refusesPrefill: true });
  await using folder = await tempFolder();
  await writeFile(join(folder.path, "cogniforge.config.json"), JSON.stringify(configOf(one.url, two.url, three.url)));
  await using proxy = await startCutProxy(NOWHERE, () => undefined);
  await using server = await startMortal(folder.path, (url) => {
    proxy.target = url;
  });

  const begun = performance.now();
  const askings = Array.from({ length: SCALE.answers }, (_, index) => ({
    question: `Q${index}`,
    answerId: `chaos-answer-${index}`,
  }));
  let isOver = false;
  const client = openClient(proxy.url);
  const reading = Promise.all(askings.map((asking, index) => readTwice(proxy.url, client, asking, index, random)));
  void reading.then(
    () => {
      isOver = true;
    },
    () => {},
  );
  const kills: number[] = [];
  while (kills.length < SCALE.kills && !isOver) {
    await pause(random() * SCALE.killWithinMs);
    kills.push(await server.end(SCALE.ends[kills.length % SCALE.ends.length] ?? "killed", random));
  }
  const readings = (await reading).flat();
  // No death frees what this one would leave open.
  const last = { question: "Qlast", answerId: "chaos-answer-last" };
  chaos.stalling.add(last.question);
  askings.push(last);
  readings.push(...(await readTwice(proxy.url, client, last, 1, random)));
  const seconds = (performance.now() - begun) / 1000;

  await vi.waitFor(() => expect(one.open() + two.open() + three.open()).toBe(0), { timeout: 5_000, interval: 20 });
  const stopping = performance.now();
  expect(await server.stop()).toBe(0);
  expect(performance.now() - stopping, "nothing was running that had to be waited for").toBeLessThan(5_000);
  const journals = readJournals(folder.path);
  tell({ seconds, kills, journals, readings, chaos, reconnects: client.reconnects() });

  expect(chaos.problems).toEqual([]);
  expect(server.faults()).toEqual([]);
  for (const one of readings) expectExact(one, askings);
  expect(journals.map(({ answerId }) => answerId).sort()).toEqual(askings.map(({ answerId }) => answerId).sort());
  for (const journal of journals) expectSound(journal, askings, chaos);
});

function configOf(...urls: string[]) {
  const names = ["one", "two", "three"];
  const providers = urls.map((baseUrl, index) => [
    names[index],
    // The second is asked in words to go on; the third is said to take a prefill, and refuses it.
    { dialect: "openai-chat", baseUrl, model: "m", ...(index !== 1 && { prefill: "trailing" }) },
  ]);
  return {
    providers: Object.fromEntries(providers),
    routes: {
      default: {
        targets: names.map((provider) => ({ provider })),
        timeouts: { firstTokenMs: 15_000, idleMs: 3_000, totalMs: 180_000 },
        maxRetries: 2,
      },
    },
  };
}

/** Two readers of one answer: one that asks by its door, and one that joins by the other. */
async function readTwice(
  url: string,
  client: ReturnType<typeof openClient>,
  asking: Asking,
  index: number,
  random: () => number,
): Promise<Reading[]> {
  const leaveAfter = Array.from({ length: 2 }, () => 2 + Math.floor(random() * 40));
  if (index % 2 === 0) {
    const plain = readPlain(url, asking, leaveAfter);
    // Asks too, with the same id: whoever is second attaches.
    return Promise.all([plain, client.ask(asking, () => {})]);
  }
  const started = Promise.withResolvers<void>();
  const asked = client.ask(asking, started.resolve);
  asked.catch(started.reject);
  await started.promise;
  return Promise.all([asked, readPlain(url, asking, leaveAfter), client.watch(asking)]);
}

/** The real program, which can be killed and comes back in the same folder. */
async function startMortal(directory: string, onUrl: (url: string) => void) {
  const faults: string[] = [];
  let child = await start();

  async function start(): Promise<Child> {
    const started = await startChild(directory);
    onUrl(started.url);
    return started;
  }

  function noteFaults(): void {
    const lines = child.said().split("\n");
    faults.push(...lines.filter((line) => /"level":[56]0/.test(line) || /^\S*Error/.test(line)));
  }

  return {
    /** Lines in which the program told of a fault of its own. */
    faults: () => faults,
    /** Resolves, when it is back, to the moment of its death in epoch milliseconds. */
    async end(how: End, random: () => number): Promise<number> {
      // Whoever is asked to stop serves those who are there, to the end of its grace.
      if (how !== "stopped") onUrl(NOWHERE);
      child.process.kill(how === "stopped" ? "SIGTERM" : "SIGKILL");
      const code = await child.exited;
      onUrl(NOWHERE);
      const at = Date.now();
      noteFaults();
      if (how === "stopped" && code !== 0) faults.push(`Stopped with ${code}`);
      if (how === "killed-while-starting") await startAndKill(directory, random() * 3_000);
      child = await start();
      return at;
    },
    async stop(): Promise<number | null> {
      child.process.kill("SIGTERM");
      const code = await child.exited;
      noteFaults();
      return code;
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

/** Starts the program and kills it after so long, wherever in its start it is then. */
async function startAndKill(directory: string, afterMs: number): Promise<void> {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, PORT: "0", COGNIFORGE_API_KEY: KEY, COGNIFORGE_CONSOLE: "false" };
  const child = spawn(process.execPath, [MAIN], { cwd: directory, env, stdio: "ignore" });
  const exited = once(child, "exit");
  await pause(afterMs);
  child.kill("SIGKILL");
  await exited;
}

function expectExact({ answerId, reader, text, outcome, length, sha256 }: Reading, askings: readonly Asking[]): void {
  const { question } = askings.find((asking) => asking.answerId === answerId) ?? { question: "" };
  const wanted = answerTo(question, SCALE.pieces);
  const name = `${answerId} by ${reader}`;
  expect(outcome, name).toBe("completed");
  expect(firstDifference(text, wanted), name).toBeUndefined();
  expect([length, sha256], name).toEqual([wanted.length, hashOf(wanted)]);
}

/** One end, every number in its place, one first attempt, and no more requests than attempts. */
function expectSound({ answerId, isEnded, events }: StoredJournal, askings: readonly Asking[], chaos: Chaos): void {
  const { question } = askings.find((asking) => asking.answerId === answerId) ?? { question: "" };
  expect(isEnded, answerId).toBe(true);
  expect(
    events.map(({ seq }) => seq),
    answerId,
  ).toEqual(events.map((_, index) => index + 1));
  expect([events[0]?.type, events.at(-1)?.type]).toEqual(["answer-start", "answer-end"]);
  expect(events.filter(({ type }) => type === "answer-start" || type === "answer-end")).toHaveLength(2);
  const starts = events.filter((event) => event.type === "attempt-start");
  expect(
    starts.filter(({ why }) => why === "first"),
    answerId,
  ).toHaveLength(1);
  // An attempt is in the journal before its request leaves: only those that a kill ended at once may have sent none.
  const requests = chaos.requests.get(question) ?? 0;
  expect(starts.length, answerId).toBeGreaterThanOrEqual(requests);
  expect(starts.length - requests, answerId).toBeLessThanOrEqual(killedEmpty(events));
}

/** Attempts that a kill ended before they had said anything. */
function killedEmpty(events: readonly JournalEvent[]): number {
  const spoken = new Set(events.map((event) => (event.type === "text-delta" ? event.attempt : 0)));
  return events.filter(
    (event) => event.type === "attempt-end" && event.failure?.code === "interrupted" && !spoken.has(event.attempt),
  ).length;
}

function firstDifference(found: string, wanted: string): string | undefined {
  if (found === wanted) return undefined;
  let at = 0;
  while (found[at] === wanted[at]) at++;
  return `at ${at} of ${wanted.length}: found ${JSON.stringify(found.slice(at - 30, at + 30))}, wanted ${JSON.stringify(wanted.slice(at - 30, at + 30))}`;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

interface Story {
  seconds: number;
  kills: number[];
  journals: StoredJournal[];
  readings: Reading[];
  chaos: Chaos;
  reconnects: number;
}

/** What happened, for whoever reads the output of a long run. */
function tell({ seconds, kills, journals, readings, chaos, reconnects }: Story): void {
  const events = journals.flatMap((journal) => journal.events);
  const starts = events.filter((event) => event.type === "attempt-start");
  const seams = events.flatMap((event) => (event.type === "attempt-end" && event.seam ? [event.seam] : []));
  const story = {
    seconds: Number(seconds.toFixed(1)),
    answers: journals.length,
    readers: readings.length,
    kills: kills.length,
    "back after kill, ms (p50, max)": kills.map((at) => waitsAfter(at, journals)),
    "plain connections": readings.reduce(
      (sum, { reader, connections }) => sum + (reader === "plain" ? connections : 0),
      0,
    ),
    "client reconnects": reconnects,
    attempts: count(starts.map(({ why, strategy }) => (strategy ? `${why} by ${strategy}` : why))),
    requests: [...chaos.requests.values()].reduce((sum, number) => sum + number, 0),
    misdeeds: count([...chaos.misdeeds.values()].flat()),
    failures: count(
      events.flatMap((event) => (event.type === "attempt-end" && event.failure ? [event.failure.code] : [])),
    ),
    seams: count(seams.map(({ strategy, isVerified }) => `${strategy} ${isVerified ? "verified" : "unverified"}`)),
    holders: count(journals.map(({ epoch }) => `${epoch}`)),
  };
  console.log(`chaos ${SEED}: ${JSON.stringify(story, null, 1)}`);
}

/** For answers that a kill interrupted: how long until the next event, in milliseconds. */
function waitsAfter(killedAt: number, journals: readonly StoredJournal[]): (number | undefined)[] {
  const waits = journals
    .filter(({ events }) => (events[0]?.at ?? Number.POSITIVE_INFINITY) <= killedAt)
    .flatMap(({ events }) => events.find(({ at }) => at > killedAt)?.at ?? [])
    .map((at) => at - killedAt)
    .sort((a, b) => a - b);
  return [waits[waits.length >> 1], waits.at(-1)];
}

function count(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words.toSorted()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
