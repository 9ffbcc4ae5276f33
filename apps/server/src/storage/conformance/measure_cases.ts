import type { AnswerEnd } from "@cogniforge/core/events";
import { AnswerSums } from "@cogniforge/core/metrics";
import { expect } from "vitest";
import type { AnswerRecord } from "../answer_records.ts";
import type { KyselyMeasureStore } from "../kysely_measure_store.ts";
import type { StepSums } from "../measure_store.ts";
import type { RecordStorage } from "../record_storage.ts";
import type { StoreCase, StoreSubject } from "./store_case.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 23, 12);
const CLOCK = { wallTime: () => NOW };

interface Ended {
  at?: number;
  route?: string;
  end?: Partial<AnswerEnd>;
}

function record(answerId: string, { at = NOW, route = "default", end = {} }: Ended = {}): AnswerRecord {
  return {
    answerId,
    owner: "user:1",
    conversationId: "conversation-1",
    route,
    createdAt: at - 1_000,
    text: "text",
    reasoning: "",
    toolCalls: [],
    end: {
      seq: 3,
      at,
      type: "answer-end",
      outcome: "completed",
      length: 4,
      sha256: "00",
      provider: "one",
      model: "vendor/model",
      attempts: [],
      timing: { totalMs: 1_000, firstTokenMs: 200, deltas: 3 },
      ...end,
    },
  };
}

/** Opened with a clock that stands still; what a test calls decides when it sums up. */
async function opened(subject: StoreSubject): Promise<{ storage: RecordStorage; store: KyselyMeasureStore }> {
  const storage = await subject.reopen({ clock: CLOCK });
  return { storage, store: storage.measures as KyselyMeasureStore };
}

function total(steps: readonly StepSums[]): AnswerSums {
  const all = new AnswerSums();
  for (const { sums } of steps) all.merge(sums);
  return all;
}

const lastDay = { from: NOW - DAY, to: NOW + 10 * MINUTE, stepMs: 10 * MINUTE };

/** What every {@linkcode MeasureStore} keeps. */
export const MEASURE_CASES: readonly StoreCase[] = [
  [
    "AnswerRecords.put() measures an answer once, however often its record is written",
    async (subject) => {
      const { storage } = await opened(subject);
      for (let round = 0; round < 3; round++) await storage.records.put(record("answer-1"));
      expect((await storage.measures.latest("user:1", 10)).map(({ measures }) => measures.answerId)).toEqual([
        "answer-1",
      ]);
      expect(total(await storage.measures.sums(lastDay)).counts.answers).toBe(1);
    },
  ],

  [
    "MeasureStore gives the same sums before, between and after it sums up",
    async (subject) => {
      const { storage, store } = await opened(subject);
      const sumsNow = async () => JSON.parse(JSON.stringify(total(await store.sums(lastDay))));
      for (let index = 0; index < 600; index++) {
        await storage.records.put(
          record(`answer-${index}`, {
            at: NOW - (index % 100) * MINUTE,
            end: { timing: { totalMs: 1_000 + index, firstTokenMs: index, deltas: 1 } },
          }),
        );
        if (index === 399) await store.sumUp();
      }
      const before = await sumsNow();
      expect(before.answers).toBe(600);
      await store.sumUp();
      expect(await sumsNow()).toEqual(before);
      await store.sumUp();
      expect(await sumsNow()).toEqual(before);
      const steps = await store.sums({ ...lastDay, from: NOW - 99 * MINUTE - (NOW % HOUR), stepMs: MINUTE });
      expect(steps).toHaveLength(100);
      expect(new Set(steps.map(({ sums }) => sums.counts.answers))).toEqual(new Set([6]));
    },
  ],

  [
    "MeasureStore tells apart routes and targets, and steps shorter than a minute",
    async (subject) => {
      const { storage, store } = await opened(subject);
      await storage.records.put(record("answer-1"));
      await storage.records.put(record("answer-2", { at: NOW + 12_000, route: "fast" }));
      const failed: AnswerEnd = record("", { end: { outcome: "failed" } }).end;
      delete failed.provider;
      delete failed.model;
      await storage.records.put({ ...record("answer-3"), end: failed });
      await store.sumUp();
      const steps = await store.sums({ from: NOW, to: NOW + 20_000, stepMs: 10_000 });
      expect(
        steps
          .map(({ startsAt, route, target, sums }) => [startsAt - NOW, route, target, sums.counts.answers])
          .toSorted(),
      ).toEqual([
        [0, "default", "", 1],
        [0, "default", "one/vendor/model", 1],
        [10_000, "fast", "one/vendor/model", 1],
      ]);
      const latest = async (filter: object) =>
        (await store.latest("user:1", 10, filter)).map(({ measures }) => measures.answerId);
      expect(await latest({})).toEqual(["answer-2", "answer-3", "answer-1"]);
      expect(await latest({ route: "default" })).toEqual(["answer-3", "answer-1"]);
      expect(await latest({ target: "one/vendor/model" })).toEqual(["answer-2", "answer-1"]);
    },
  ],

  [
    "MeasureStore.latest() tells the conversation to its owner alone, and only while it exists",
    async (subject) => {
      const { storage } = await opened(subject);
      const conversationOf = async (owner: string) => (await storage.measures.latest(owner, 1))[0]?.conversationId;
      await storage.kysely
        .insertInto("conversations")
        .values({ id: "conversation-1", owner: "user:1", title: "", created_at: 1, updated_at: 1 })
        .execute();
      await storage.records.put(record("answer-1"));
      expect(await conversationOf("user:1")).toBe("conversation-1");
      expect(await conversationOf("user:2")).toBeUndefined();
      await storage.conversations.remove("user:1", "conversation-1", NOW);
      expect(await conversationOf("user:1")).toBeUndefined();
    },
  ],

  [
    "MeasureStore forgets what is too old, and nothing that is not in the sums",
    async (subject) => {
      const { storage, store } = await opened(subject);
      for (const [index, days] of [0, 2, 6, 8, 20, 500].entries()) {
        await storage.records.put(record(`answer-${index}`, { at: NOW - days * DAY }));
      }
      const before = NOW - 7 * DAY;
      await store.forgetSums();
      expect(await store.forgetSingle(before)).toBe(0);
      expect(await store.latest("user:1", 10)).toHaveLength(6);
      await store.sumUp();
      await store.forgetSums();
      expect(await store.forgetSingle(undefined)).toBe(0);
      expect(await store.forgetSingle(before)).toBe(3);
      expect(await store.latest("user:1", 10)).toHaveLength(3);
      const kept = await storage.kysely.selectFrom("measure_sums").select(["resolution_ms"]).execute();
      const counts = Map.groupBy(kept, ({ resolution_ms }) => resolution_ms);
      expect([MINUTE, 10 * MINUTE, HOUR, DAY].map((resolution) => counts.get(resolution)?.length)).toEqual([
        1, 2, 4, 5,
      ]);
      // A key is never given twice: what comes after everything was forgotten is summed up too.
      await storage.kysely.deleteFrom("answer_measures").execute();
      await storage.records.put(record("answer-new"));
      await store.sumUp();
      expect(total(await store.sums(lastDay)).counts.answers).toBe(2);
    },
  ],

  [
    "MeasureStore keeps a bounded number of kinds apart, and counts the others together",
    async (subject) => {
      const { storage, store } = await opened(subject);
      for (let index = 0; index < 230; index++) {
        await storage.records.put(record(`answer-${index}`, { route: `made-up-${index}` }));
      }
      await store.sumUp();
      const steps = await store.sums(lastDay);
      expect(steps).toHaveLength(201);
      expect(steps.find(({ route }) => route === "other")?.sums.counts.answers).toBe(30);
      expect(total(steps).counts.answers).toBe(230);
    },
  ],
];
