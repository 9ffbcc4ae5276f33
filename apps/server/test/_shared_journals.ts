import { setTimeout as pause } from "node:timers/promises";
import type { JournalEvent } from "@cogniforge/core/events";
import { expandEvents } from "../src/storage/delta_runs.ts";
import type { TestRedis } from "./_redis.ts";
import type { TestPostgres } from "./real_postgres.ts";

/** One ended answer as the archive has it. */
export interface ArchivedJournal {
  answerId: string;
  events: JournalEvent[];
  /** Whether the answer has its record beside the journal. */
  isRecorded: boolean;
}

/** Reads every journal of the archive by its rows. */
export async function readArchive(postgres: TestPostgres, databaseUrl: string): Promise<ArchivedJournal[]> {
  const heads = await postgres.run(
    "SELECT j.answer_id, a.answer_id AS record FROM archived_journals j LEFT JOIN answer_records a USING (answer_id)",
    databaseUrl,
  );
  const rows = await postgres.run("SELECT answer_id, events FROM archived_batches ORDER BY last_seq", databaseUrl);
  return heads.map(({ answer_id, record }) => ({
    answerId: String(answer_id),
    isRecorded: record !== null,
    events: rows
      .filter((row) => row.answer_id === answer_id)
      .flatMap(({ events }) => [...expandEvents(JSON.parse(String(events)), 0)]),
  }));
}

/** How far a live answer is, and how many holders it has had. */
export interface LiveHead {
  seq: number;
  epoch: number;
}

/** What Redis has of an answer; `undefined` where it has let go of it, or is away. */
export async function readHead(redis: TestRedis, answerId: string): Promise<LiveHead | undefined> {
  const reply = redis.command("HMGET", `cogniforge:{${answerId}}:head`, "seq", "epoch");
  const [seq, epoch] = (await reply.catch(() => [null, null])) as (string | null)[];
  return seq == null || epoch == null ? undefined : { seq: Number(seq), epoch: Number(epoch) };
}

/** The events that Redis still has of an answer; none where it has let go of it. */
export async function readLive(redis: TestRedis, answerId: string): Promise<JournalEvent[]> {
  const entries = await redis.command("XRANGE", `cogniforge:{${answerId}}:events`, "-", "+");
  return (entries as [string, [string, string]][]).flatMap(([, [, batch]]) => JSON.parse(batch) as JournalEvent[]);
}

/** Looks again and again how far each answer is, and who holds it: neither may ever go back. */
export function watchHeads(redis: TestRedis, answerIds: readonly string[]) {
  const problems: string[] = [];
  const latest = new Map<string, LiveHead>();
  const stopping = new AbortController();
  const look = async () => {
    while (!stopping.signal.aborted) {
      for (const answerId of answerIds) {
        const head = await readHead(redis, answerId);
        if (head === undefined) continue;
        const { seq, epoch } = latest.get(answerId) ?? { seq: 0, epoch: 0 };
        if (head.seq < seq || head.epoch < epoch) {
          problems.push(`${answerId} went back from ${seq} of epoch ${epoch} to ${head.seq} of epoch ${head.epoch}`);
        }
        latest.set(answerId, head);
      }
      await pause(500, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const looking = look();
  return {
    problems,
    epochs: () => [...latest.values()].map(({ epoch }) => epoch),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await looking;
    },
  };
}
