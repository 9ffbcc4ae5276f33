import { sql } from "kysely";
import type { AnswerRecord } from "../answer_records.ts";
import type { RecordWriter } from "../kysely_answer_records.ts";
import { SUMMING_UP } from "../kysely_measure_store.ts";
import type { RecordDatabase } from "../record_database.ts";
import { measuresRowOf, putMeasures, putRecord, recordRowOf } from "../record_rows.ts";
import { lockKey } from "./postgres_record_database.ts";

/** Writes a record, its measures and what is indexed of it in one transaction. */
export class PostgresRecordWriter implements RecordWriter {
  readonly #database: RecordDatabase;

  constructor(database: RecordDatabase) {
    this.#database = database;
  }

  async put(record: AnswerRecord): Promise<void> {
    const { answerId, conversationId, text } = record;
    await this.#database.transact(async (transaction) => {
      await putRecord(transaction, recordRowOf(record)).execute();
      if (conversationId !== undefined && text !== "") {
        await this.#database.search.put(transaction, { conversationId, part: "answer", turnId: answerId }, text);
      }
      // Keys are given before they are committed: without this lock, which all writers share and summing up waits for, a
      // smaller key could appear after a larger one was summed up, and would never be counted.
      await sql`SELECT pg_advisory_xact_lock_shared(${lockKey(SUMMING_UP)})`.execute(transaction);
      await putMeasures(transaction, measuresRowOf(record)).execute();
    });
  }
}
