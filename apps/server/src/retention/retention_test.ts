import type { AnswerEnd, JournalEvent } from "@cogniforge/core/events";
import type { Lease } from "@cogniforge/core/journal";
import { pino } from "pino";
import { expect, test } from "vitest";
import { Audit } from "../audit/mod.ts";
import type { RetentionConfig } from "../config/mod.ts";
import type { Storage } from "../storage/mod.ts";
import { openStorage } from "../storage/mod.ts";
import { tempFolder } from "../storage/temp_folder.ts";
import { RetentionKeeper, Sweeper } from "./mod.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 15, 13, 30);
const daysAgo = (days: number) => NOW - days * DAY;
const KEPT: RetentionConfig = { conversationsMs: 30 * DAY, answersMs: 7 * DAY, auditMs: 365 * DAY };

function endOf(seq: number, at: number): AnswerEnd {
  const timing = { totalMs: 1, deltas: 0 };
  return { seq, at, type: "answer-end", outcome: "completed", length: 0, sha256: "", attempts: [], timing };
}

/** An answer whose journal ended at a moment; it runs where that is absent. */
async function answer(storage: Storage, answerId: string, at?: number, conversationId?: string): Promise<Lease> {
  const ask = { version: 1, route: "default", messages: [], conversationId };
  const made = await storage.journal.create(
    { answerId, owner: "user:1", createdAt: at ?? 0, ask },
    { holder: "test", ttlMs: 60_000 },
  );
  if (!made.created) throw new Error("Expected a new answer");
  if (at === undefined) return made.lease;
  const end = endOf(1, at);
  await storage.journal.append(made.lease, [end]);
  const text = `words of ${answerId}`;
  const record = { answerId, owner: "user:1", conversationId, route: "default", createdAt: at, text };
  await storage.records.put({ ...record, reasoning: "", toolCalls: [], end });
  return made.lease;
}

/** A conversation with answers that ended at these moments. */
async function conversation(storage: Storage, id: string, ...moments: (number | undefined)[]): Promise<void> {
  await storage.conversations.create("user:1", { id, title: id, at: moments[0] ?? 0 });
  for (const [index, at] of moments.entries()) {
    const answerId = `${id}-answer-${index}`;
    const turn = { question: "سؤال", answerId, parentId: undefined, askedAt: at ?? 0 };
    await storage.conversations.addTurn(id, turn);
    await answer(storage, answerId, at, id);
  }
}

const hasAnswer = async (storage: Storage, answerId: string) => (await storage.journal.find(answerId)) !== undefined;

async function* opened() {
  await using folder = await tempFolder();
  const storage = await openStorage({ directory: folder.path, clock: { wallTime: () => NOW } });
  try {
    yield storage;
  } finally {
    await storage.close();
  }
}

test("Sweeper.sweep() deletes old conversations whole, and none that goes on or in which an answer runs", async () => {
  for await (const storage of opened()) {
    await conversation(storage, "old", daysAgo(90), daysAgo(40));
    await conversation(storage, "lively", daysAgo(90), daysAgo(2));
    await conversation(storage, "waiting", daysAgo(90), undefined);
    const sweeper = new Sweeper(storage);
    expect(await sweeper.sweep(KEPT, NOW)).toMatchObject({ conversations: 1, answers: 2 });
    expect(await storage.conversations.find("user:1", "old")).toBeUndefined();
    expect(await storage.records.get("old-answer-0")).toBeUndefined();
    expect(await hasAnswer(storage, "old-answer-1")).toBe(false);
    const { conversations: found } = await storage.conversations.search("user:1", { query: "words", limit: 9 });
    expect(found.map(({ id }) => id).toSorted()).toEqual(["lively", "waiting"]);
    for (const id of ["lively-answer-0", "lively-answer-1", "waiting-answer-0", "waiting-answer-1"]) {
      expect(await hasAnswer(storage, id), id).toBe(true);
    }
    expect(await sweeper.sweep(KEPT, NOW)).toMatchObject({ conversations: 0, answers: 0 });
  }
});

test("Sweeper.sweep() deletes answers of no conversation by their end, however many, and never a running one", async () => {
  for await (const storage of opened()) {
    for (let index = 0; index < 120; index++) await answer(storage, `stray-${index}-x`, daysAgo(9));
    await answer(storage, "stray-new", daysAgo(3));
    const lease = await answer(storage, "stray-running");
    await conversation(storage, "kept", daysAgo(20));
    const sweeper = new Sweeper(storage);
    expect(await sweeper.sweep(KEPT, NOW)).toMatchObject({ conversations: 0, answers: 120 });
    for (const id of ["stray-new", "stray-running", "kept-answer-0"]) expect(await hasAnswer(storage, id)).toBe(true);
    expect(await storage.records.get("stray-1-x")).toBeUndefined();
    const last: JournalEvent = endOf(1, daysAgo(6));
    await storage.journal.append(lease, [last]);
    expect(await sweeper.sweep(KEPT, NOW + 5 * DAY)).toMatchObject({ answers: 2 });
    expect(await hasAnswer(storage, "kept-answer-0")).toBe(true);
  }
});

test("Sweeper.sweep() deletes nothing where everything is kept for ever, and a day's data on one day", async () => {
  for await (const storage of opened()) {
    await conversation(storage, "old", daysAgo(4000));
    await answer(storage, "stray-old", daysAgo(4000));
    await answer(storage, "stray-noon", Date.UTC(2026, 5, 8, 12));
    const nothing = { conversations: 0, answers: 0, measures: 0, auditEntries: 0, freedBytes: 0 };
    expect(await new Sweeper(storage).sweep({}, NOW)).toEqual(nothing);
    const sweeper = new Sweeper(storage);
    expect(await sweeper.sweep({ answersMs: 7 * DAY }, NOW)).toMatchObject({ answers: 1 });
    expect(await sweeper.sweep({ answersMs: 7 * DAY }, NOW + DAY / 3)).toMatchObject({ answers: 0 });
    expect(await sweeper.sweep({ answersMs: 7 * DAY }, NOW + DAY / 2)).toMatchObject({ answers: 1 });
  }
});

test("Sweeper.sweep() gives the room of what it deleted back to the disk", async () => {
  for await (const storage of opened()) {
    const sizeOf = () => Number(storage.database.prepare("PRAGMA page_count").get()?.page_count);
    const lease = await answer(storage, "stray-large");
    const delta = (seq: number): JournalEvent => ({
      seq,
      at: 0,
      type: "reasoning-delta",
      attempt: 1,
      text: "x".repeat(9_000),
    });
    for (let seq = 1; seq <= 2_000; seq++) await storage.journal.append(lease, [delta(seq)]);
    await storage.journal.append(lease, [endOf(2_001, daysAgo(9))]);
    const before = sizeOf();
    const { answers, freedBytes } = await new Sweeper(storage).sweep(KEPT, NOW);
    expect(answers).toBe(1);
    expect(freedBytes).toBe((before - sizeOf()) * 4096);
    expect(sizeOf()).toBeLessThan(before / 2);
  }
});

test("RetentionKeeper compacts in every round, sweeps once an hour, and writes what it deleted into the log of changes", async () => {
  for await (const storage of opened()) {
    let now = NOW;
    const audit = new Audit(storage.auditLog, { wallTime: () => now });
    const old = { id: "user:1", name: "سلمى" };
    now = daysAgo(400);
    for (let index = 0; index < 260; index++) await audit.record(old, { action: "key-made", object: String(index) });
    now = NOW;
    await audit.record(old, { action: "key-made", object: "new" });
    await conversation(storage, "old", daysAgo(40));
    await answer(storage, "stray-old", daysAgo(9));
    const lines: string[] = [];
    const log = pino({ level: "info" }, { write: (line: string) => lines.push(line) });
    const retention = () => ({ ...KEPT, compactAfterMs: DAY });
    const keeper = new RetentionKeeper({ storage, audit, log, retention, now: () => now });
    const [one, same] = [keeper.keep(), keeper.keep()];
    expect(same).toBe(one);
    await one;
    const { entries } = await audit.list({ limit: 500 });
    expect(entries).toMatchObject([
      {
        principal: "system",
        action: "old-data-deleted",
        detail: { conversations: 1, answers: 2, measures: 0, auditEntries: 260 },
      },
      { object: "new" },
    ]);
    expect(lines.join("")).toContain('"auditEntries":260');

    await answer(storage, "stray-next", daysAgo(9));
    now += 3_500_000;
    await keeper.keep();
    expect(await hasAnswer(storage, "stray-next")).toBe(true);
    const compacted = storage.database.prepare("SELECT is_compacted AS it FROM journal_heads WHERE answer_id = ?");
    expect(compacted.get("stray-next")).toEqual({ it: 1 });
    now += 100_000;
    // A stray that came after its day was swept is found by the next program.
    await keeper.close();
    const next = new RetentionKeeper({ storage, audit, log, retention, now: () => now });
    await next.keep();
    expect(await hasAnswer(storage, "stray-next")).toBe(false);
    await next.close();
  }
});
