import type { JournalEvent } from "@cogniforge/core/events";
import type { JournalEntry, JournalHeader } from "@cogniforge/core/journal";
import { checkBatch } from "@cogniforge/core/journal";
import { compactEvents, expandEvents } from "../delta_runs.ts";
import type { JournalArchive } from "../journal_archive.ts";
import type { RecordDatabase } from "../record_database.ts";
import { parseEvents } from "../stored_events.ts";

/** Events of one row, and the characters of their JSON: most answers are one row, and of a long one only a part need be read. */
const ROW_EVENTS = 4_000;
const ROW_CHARACTERS = 128 * 1024;

/** Rows that are fetched at once. */
const ROWS_AT_ONCE = 4;

/** Answers that are removed in one transaction. */
const REMOVED_AT_ONCE = 100;

/** The journals of ended answers, their deltas drawn together. */
export class PostgresJournalArchive implements JournalArchive {
  readonly #database: RecordDatabase;

  constructor(database: RecordDatabase) {
    this.#database = database;
  }

  /** @throws {RangeError} If the events are no whole journal, from the first one to `answer-end`. */
  async keep({ answerId, owner, createdAt, ask }: JournalHeader, events: readonly JournalEvent[]): Promise<void> {
    checkBatch(answerId, 0, events);
    const last = events.at(-1);
    if (last?.type !== "answer-end") {
      throw new RangeError(
        `Cannot archive the answer '${answerId}' as its journal must end with 'answer-end': last event is ${last?.type ?? "absent"}`,
      );
    }
    const rows = [...rowsOf(answerId, events)];
    await this.#database.transact(async (transaction) => {
      const { numInsertedOrUpdatedRows: kept } = await transaction
        .insertInto("archived_journals")
        .values({
          answer_id: answerId,
          owner,
          created_at: createdAt,
          ended_at: last.at,
          last_seq: last.seq,
          ask: JSON.stringify(ask),
        })
        .onConflict((conflict) => conflict.column("answer_id").doNothing())
        .executeTakeFirstOrThrow();
      if (kept === 0n) return;
      // One by one: together a long journal would be one statement of megabytes.
      for (const row of rows) await transaction.insertInto("archived_batches").values(row).execute();
    });
  }

  async find(answerId: string): Promise<JournalEntry | undefined> {
    const row = await this.#database.kysely
      .selectFrom("archived_journals")
      .select(["owner", "created_at", "last_seq", "ask"])
      .where("answer_id", "=", answerId)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const { owner, created_at: createdAt, last_seq: lastSeq, ask } = row;
    return { header: { answerId, owner, createdAt, ask: JSON.parse(ask) }, lastSeq, isEnded: true };
  }

  async read(answerId: string, after: number, limit: number): Promise<readonly JournalEvent[]> {
    const events: JournalEvent[] = [];
    for (let from = after; events.length < limit; ) {
      const rows = await this.#database.kysely
        .selectFrom("archived_batches")
        .select(["last_seq", "events"])
        .where("answer_id", "=", answerId)
        .where("last_seq", ">", from)
        .orderBy("last_seq")
        .limit(ROWS_AT_ONCE)
        .execute();
      for (const row of rows) {
        for (const event of expandEvents(parseEvents(row.events), after)) {
          if (events.length >= limit) return events;
          events.push(event);
        }
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < ROWS_AT_ONCE) return events;
      from = last.last_seq;
    }
    return events;
  }

  /** Forgets answers with all their events; those that are not here are passed over. */
  async remove(answerIds: readonly string[]): Promise<void> {
    for (let from = 0; from < answerIds.length; from += REMOVED_AT_ONCE) {
      const some = answerIds.slice(from, from + REMOVED_AT_ONCE);
      await this.#database.kysely.deleteFrom("archived_journals").where("answer_id", "in", some).execute();
    }
  }
}

interface BatchRow {
  answer_id: string;
  last_seq: number;
  events: string;
}

function* rowsOf(answerId: string, events: readonly JournalEvent[]): Generator<BatchRow> {
  let page: JournalEvent[] = [];
  let characters = 0;
  const row = (last: JournalEvent): BatchRow => ({
    answer_id: answerId,
    last_seq: last.seq,
    events: JSON.stringify(compactEvents(page)),
  });
  for (const event of events) {
    page.push(event);
    characters += "text" in event && typeof event.text === "string" ? event.text.length : JSON.stringify(event).length;
    if (page.length < ROW_EVENTS && characters < ROW_CHARACTERS) continue;
    yield row(event);
    page = [];
    characters = 0;
  }
  const last = page.at(-1);
  if (last !== undefined) yield row(last);
}
