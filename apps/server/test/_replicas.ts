import type { AnswerEnd, JournalEvent, TextDelta } from "@cogniforge/core/events";
import type { JournalHeader, Lease } from "@cogniforge/core/journal";
import { RedisConnection, type RedisConnectionOptions } from "../src/redis/redis_connection.ts";
import { RedisJournal, type RedisJournalOptions } from "../src/redis/redis_journal.ts";
import { MemoryArchive } from "./_memory_archive.ts";

/** One of our processes, as far as its journal goes. */
export interface Replica extends AsyncDisposable {
  connection: RedisConnection;
  journal: RedisJournal;
}

/** Opens journals on one Redis and one archive. */
export class Replicas implements AsyncDisposable {
  readonly archive = new MemoryArchive();
  /** What could not be archived. */
  readonly errors: unknown[] = [];
  readonly #open: Replica[] = [];

  async add(
    url: string,
    { archive = this.archive, graceMs, ...options }: RedisConnectionOptions & Partial<RedisJournalOptions> = {},
  ): Promise<Replica> {
    const connection = await RedisConnection.open(url, options);
    const journal = new RedisJournal({
      connection,
      archive,
      ...(graceMs !== undefined && { graceMs }),
      onError: (error) => this.errors.push(error),
    });
    const replica: Replica = {
      connection,
      journal,
      async [Symbol.asyncDispose]() {
        await journal.close();
        await connection.close();
      },
    };
    this.#open.push(replica);
    return replica;
  }

  async [Symbol.asyncDispose]() {
    await Promise.all(this.#open.map((replica) => replica[Symbol.asyncDispose]()));
  }
}

export function header(answerId: string): JournalHeader {
  return { answerId, owner: "user:1", createdAt: 1_700_000_000_000, ask: { question: "ما الخبر؟" } };
}

export function delta(seq: number, text = `t${seq} نص`): TextDelta {
  return { seq, at: 1_700_000_000_000 + seq, type: "text-delta", attempt: 1, offset: seq * 3, text };
}

export function end(seq: number): AnswerEnd {
  return {
    seq,
    at: 1_700_000_000_000 + seq,
    type: "answer-end",
    outcome: "completed",
    length: 0,
    sha256: "",
    attempts: [],
    timing: { totalMs: 1, deltas: 0 },
  };
}

export async function created(
  { journal }: Pick<Replica, "journal">,
  answerId: string,
  { holder = "one", ttlMs = 10_000 } = {},
): Promise<Lease> {
  const result = await journal.create(header(answerId), { holder, ttlMs });
  if (!result.created) throw new Error(`Expected '${answerId}' to be new`);
  return result.lease;
}

export async function collect(batches: AsyncIterable<readonly JournalEvent[]>): Promise<JournalEvent[]> {
  const events: JournalEvent[] = [];
  for await (const batch of batches) events.push(...batch);
  return events;
}

/** Waits for a condition, looking at it often; throws if it does not come true in time. */
export async function until(what: string, isTrue: () => unknown, ms = 5_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`Expected in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
