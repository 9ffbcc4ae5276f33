import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { CursoredEvent } from "@cogniforge/core/engine";
import { foldJournal, watchAnswer } from "@cogniforge/core/engine";
import type { JournalEvent } from "@cogniforge/core/events";
import { EMPTY_ANSWER_STATE, foldEvent } from "@cogniforge/core/events";
import type { Journal } from "@cogniforge/core/journal";
import { decodeCursor } from "@cogniforge/core/journal";
import { expect, test } from "vitest";
import { seededRandom } from "../../../../packages/core/testing/seeded_random.ts";
import { readTimeline } from "../answers/read_timeline.ts";
import { randomAnswer, randomBatches } from "./_random_answer.ts";
import type { Storage } from "./mod.ts";
import { openStorage } from "./mod.ts";
import { tempFolder } from "./temp_folder.ts";

const ALL = { endedBefore: Number.MAX_SAFE_INTEGER, budgetMs: Number.POSITIVE_INFINITY };
const HOLDER = { holder: "test", ttlMs: 60_000 };

async function write(journal: Journal, answerId: string, batches: readonly JournalEvent[][]): Promise<void> {
  const made = await journal.create({ answerId, owner: "user:1", createdAt: 0, ask: {} }, HOLDER);
  if (!made.created) throw new Error("Expected a new answer");
  for (const batch of batches) await journal.append(made.lease, batch);
}

/** Everything that a reader from a position is told. */
async function rest(journal: Journal, answerId: string, cursor?: string): Promise<CursoredEvent[]> {
  const position = cursor === undefined ? undefined : decodeCursor(cursor);
  const told: CursoredEvent[] = [];
  for await (const batch of watchAnswer(journal, answerId, { position, past: "snapshot" })) told.push(...batch);
  return told;
}

const rowsOf = ({ database }: Storage) =>
  Number(database.prepare("SELECT COUNT(*) AS n FROM journal_batches").get()?.n);

test("SqliteJournal.compact() changes nothing of what any reader is told, from any cursor", async () => {
  await using folder = await tempFolder();
  const storage = await openStorage({ directory: folder.path });
  const { journal } = storage;
  for (let seed = 1; seed <= 9; seed++) {
    const random = seededRandom(seed);
    const answerId = `answer-${seed}`;
    const events = randomAnswer(answerId, random, seed % 5 === 0 ? 500 : 120);
    await write(journal, answerId, randomBatches(events, random));
    const whole = await foldJournal(journal, answerId);
    const line = await readTimeline(journal, answerId);
    const fresh = await rest(journal, answerId);
    const cursors = (await rest(journal, answerId, `c1.${answerId}.0.0`)).map(({ cursor }) => cursor);
    // Also those that name a piece in the middle of what is now told as one.
    let offset = 0;
    for (const event of events) {
      if (event.type === "text-delta") offset = event.offset + event.text.length;
      if (random() < 0.04) cursors.push(`c1.${answerId}.${event.seq}.${offset}`);
    }
    const before = new Map<string, CursoredEvent[]>();
    for (const cursor of cursors) before.set(cursor, await rest(journal, answerId, cursor));
    const rows = rowsOf(storage);

    expect(await journal.compact(ALL)).toBe(1);
    expect(rowsOf(storage)).toBeLessThan(rows);
    expect(await journal.read(answerId, 0, 100_000)).toEqual(events);
    for (const [cursor, told] of before) {
      expect(await rest(journal, answerId, cursor), `seed ${seed}, cursor ${cursor}`).toEqual(told);
      const { seq } = decodeCursor(cursor);
      const had = events.slice(0, seq).reduce(foldEvent, EMPTY_ANSWER_STATE);
      const state = told.map(({ event }) => event).reduce(foldEvent, had);
      expect(state.text).toBe(whole.text);
      expect(state.reasoning).toBe(whole.reasoning);
      expect(state.toolCalls).toEqual(whole.toolCalls);
      expect(state.end).toEqual(whole.end);
      expect(createHash("sha256").update(state.text).digest("hex")).toBe(state.end?.sha256);
    }
    expect(await rest(journal, answerId)).toEqual(fresh);
    expect(await foldJournal(journal, answerId)).toEqual(whole);
    expect(await readTimeline(journal, answerId)).toEqual(line);
    for (const limit of [1, 7, 256]) {
      const after = Math.floor(random() * events.length);
      expect(await journal.read(answerId, after, limit)).toEqual(events.slice(after, after + limit));
    }
    expect(await journal.compact(ALL)).toBe(0);
  }
  await storage.close();
}, 60_000);

test("SqliteJournal.compact() leaves what runs and what ended lately, and stops at its budget", async () => {
  await using folder = await tempFolder();
  const storage = await openStorage({ directory: folder.path });
  const { journal } = storage;
  const ended = randomAnswer("answer-ended", seededRandom(1));
  const endedAt = ended.at(-1)?.at ?? 0;
  const running = randomAnswer("answer-running", seededRandom(2)).slice(0, -1);
  const each = (events: JournalEvent[]) => events.map((event) => [event]);
  await write(journal, "answer-ended", each(ended));
  await write(journal, "answer-second", each(ended));
  await write(journal, "answer-running", each(running));
  const rows = rowsOf(storage);
  expect(await journal.compact({ ...ALL, endedBefore: endedAt - 1 })).toBe(0);
  expect(rowsOf(storage)).toBe(rows);
  expect(await journal.compact({ endedBefore: endedAt, budgetMs: 0 })).toBe(1);
  expect(await journal.compact({ endedBefore: endedAt, budgetMs: 0 })).toBe(1);
  expect(await journal.compact(ALL)).toBe(0);
  // The running one has each of its rows.
  expect(rowsOf(storage)).toBe(running.length + 2);
  expect(await journal.read("answer-running", 0, 10_000)).toEqual(running);
  expect(await journal.read("answer-second", 0, 10_000)).toEqual(ended);
  await storage.close();
});

test("SqliteJournal.compact() keeps to short transactions, and lets appends in between them", async () => {
  await using folder = await tempFolder();
  const durations: number[] = [];
  const storage = await openStorage({ directory: folder.path, onCommit: (_writes, ms) => durations.push(ms) });
  const { journal } = storage;
  const long: JournalEvent[] = Array.from({ length: 20_000 }, (_, index) => ({
    seq: index + 1,
    at: index * 20,
    type: "text-delta",
    attempt: 1,
    offset: index * 5,
    text: "كلمة ",
  }));
  const last = randomAnswer("answer-long", seededRandom(3), 1).at(-1);
  if (last === undefined) throw new Error("Expected an end");
  const made = await journal.create({ answerId: "answer-long", owner: "user:1", createdAt: 0, ask: {} }, HOLDER);
  if (!made.created) throw new Error("Expected a new answer");
  const events = [...long, { ...last, seq: long.length + 1 }];
  await Promise.all(events.map((event) => journal.append(made.lease, [event])));
  const size = () => Number(storage.database.prepare("SELECT SUM(LENGTH(events)) AS n FROM journal_batches").get()?.n);
  const bytes = size();
  durations.length = 0;
  let isDone = false;
  const compacting = journal.compact(ALL).finally(() => {
    isDone = true;
  });
  let between = 0;
  while (!isDone) {
    const answerId = `answer-between-${between}`;
    await write(journal, answerId, [[{ ...long[0], seq: 1 } as JournalEvent]]);
    between += 1;
  }
  expect(await compacting).toBe(1);
  expect(between).toBeGreaterThan(10);
  // A page of rows in each at most.
  expect(durations.length).toBeGreaterThan(long.length / 256);
  expect(size()).toBeLessThan(bytes / 8);
  expect(await journal.read("answer-long", 0, 100_000)).toEqual(events);
  await storage.close();
}, 60_000);

test("SqliteJournal.compact() that is killed leaves every journal whole, and is gone on with", async () => {
  await using folder = await tempFolder();
  const first = await openStorage({ directory: folder.path });
  const written = new Map<string, JournalEvent[]>();
  for (let seed = 1; seed <= 25; seed++) {
    const answerId = `answer-${seed}`;
    const events = randomAnswer(answerId, seededRandom(seed), 400);
    written.set(answerId, events);
    await write(first.journal, answerId, randomBatches(events, seededRandom(seed)));
  }
  await first.close();
  const script = fileURLToPath(new URL("./_compact_slowly.ts", import.meta.url));
  for (const commitsBeforeKill of [1, 9, 30, 1000]) {
    const child = spawn(process.execPath, [script, folder.path], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
      if (output.split("\n").length > commitsBeforeKill) child.kill("SIGKILL");
    });
    await once(child, "close");
    const storage = await openStorage({ directory: folder.path });
    for (const [answerId, events] of written) {
      expect(await storage.journal.read(answerId, 0, 100_000)).toEqual(events);
    }
    await storage.close();
    if (commitsBeforeKill === 1000) expect(output).toContain("done");
  }
}, 60_000);

test("SqliteJournal.compact() leaves a journal that it can't read alone, tells of it once, and does the others", async () => {
  await using folder = await tempFolder();
  const storage = await openStorage({ directory: folder.path });
  const { journal, database } = storage;
  const events = randomAnswer("answer-good", seededRandom(7));
  await write(journal, "answer-bad", [events.map((event) => ({ ...event, at: 0 }))]);
  await write(
    journal,
    "answer-good",
    events.map((event) => [event]),
  );
  database.exec("UPDATE journal_batches SET events = '[{' WHERE batch_key = 1");
  const told: string[] = [];
  const onError = (_error: unknown, answerId: string) => void told.push(answerId);
  expect(await journal.compact({ ...ALL, onError })).toBe(1);
  expect(await journal.compact({ ...ALL, onError })).toBe(0);
  expect(told).toEqual(["answer-bad"]);
  expect(await journal.read("answer-good", 0, 10_000)).toEqual(events);
  await storage.close();
});
