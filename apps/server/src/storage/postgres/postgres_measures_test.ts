import type { AnswerEnd } from "@cogniforge/core/events";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { usePostgres } from "../../../test/real_postgres.ts";
import type { AnswerRecord } from "../answer_records.ts";
import type { KyselyMeasureStore } from "../kysely_measure_store.ts";
import { openPostgresStorage, type PostgresStorage } from "./mod.ts";

const postgres = await usePostgres("the tests of measures of several servers on PostgreSQL");
const withPostgres = test.runIf(postgres !== undefined);

const MINUTE = 60_000;
const SOON = { timeout: 10_000 };
const NOW = Date.UTC(2026, 10, 23, 12);
const WINDOW = { from: NOW - MINUTE, to: NOW + MINUTE, stepMs: MINUTE };

function record(answerId: string): AnswerRecord {
  const end: AnswerEnd = {
    seq: 3,
    at: NOW,
    type: "answer-end",
    outcome: "completed",
    length: 4,
    sha256: "00",
    provider: "one",
    model: "m",
    attempts: [],
    timing: { totalMs: 1_000, firstTokenMs: 200, deltas: 3 },
  };
  const texts = { text: "text", reasoning: "", toolCalls: [] };
  return { answerId, owner: "user:1", conversationId: undefined, route: "default", createdAt: NOW, ...texts, end };
}

withPostgres(
  "several servers measure and sum up at the same moment, and count every answer exactly once",
  async () => {
    const url = (await postgres?.create()) ?? "";
    const clock = { wallTime: () => NOW };
    const servers = await Promise.all([1, 2, 3].map(() => openPostgresStorage({ url, clock, connections: 4 })));
    let isWriting = true;
    const counts: number[] = [];
    const summing = servers.map(async ({ measures }) => {
      while (isWriting) {
        await (measures as KyselyMeasureStore).sumUp();
        const steps = await measures.sums(WINDOW);
        counts.push(steps.reduce((sum, { sums }) => sum + sums.counts.answers, 0));
      }
    });
    await Promise.all(
      servers.flatMap(({ records }, server) =>
        Array.from({ length: 100 }, (_, index) => records.put(record(`answer-${server}-${index % 90}`))),
      ),
    ).finally(() => {
      isWriting = false;
    });
    await Promise.all(summing);
    const [first] = servers as unknown as [PostgresStorage];
    await (first.measures as KyselyMeasureStore).sumUp();
    const stored = await first.kysely
      .selectFrom("measure_sums")
      .select("sums")
      .where("resolution_ms", "=", MINUTE)
      .execute();
    expect(stored.map(({ sums }) => JSON.parse(sums).answers)).toEqual([270]);
    expect(counts.length).toBeGreaterThan(3);
    expect(Math.max(...counts)).toBeLessThanOrEqual(270);
    await Promise.all(servers.map((one) => one.close()));
  },
  30_000,
);

withPostgres(
  "a measure that is committed after one with a larger key is counted all the same",
  async () => {
    const url = (await postgres?.create()) ?? "";
    const clock = { wallTime: () => NOW };
    const storage = await openPostgresStorage({ url, clock });
    const store = storage.measures as KyselyMeasureStore;
    // Holds up the insertion of one answer after its key was given: another's row of the same answer is not committed yet.
    const held = Promise.withResolvers<void>();
    const other = storage.kysely.transaction().execute(async (transaction) => {
      await sql`INSERT INTO answer_measures (measure_key, answer_id, owner, ended_at, route, provider, model, measures)
      VALUES (1000000, 'slow', '', 0, '', '', '', '{}')`.execute(transaction);
      await held.promise;
      throw new RangeError("Undone");
    });
    const isWaiting = async (event: string) => {
      const { rows } =
        await sql`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ILIKE ${event}`.execute(
          storage.kysely,
        );
      return rows.length > 0;
    };
    await expect
      .poll(
        async () =>
          (await sql`SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'`.execute(storage.kysely)).rows
            .length,
        SOON,
      )
      .toBe(1);
    const slow = storage.records.put(record("slow"));
    await expect.poll(() => isWaiting("insert into%answer_measures%"), SOON).toBe(true);
    await storage.records.put(record("quick"));
    const summedUp = store.sumUp();
    await expect.poll(() => isWaiting("%pg_advisory_xact_lock(%"), SOON).toBe(true);
    held.resolve();
    await expect(other).rejects.toThrow("Undone");
    await Promise.all([slow, summedUp]);
    await store.sumUp();
    const [sums] = await store.sums(WINDOW);
    expect(sums?.sums.counts.answers).toBe(2);
    await storage.close();
  },
  30_000,
);
