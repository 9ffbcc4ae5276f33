import type { DatabaseSync } from "node:sqlite";
import type { Kysely } from "kysely";
import type { AnswerRecord } from "./answer_records.ts";
import { CompiledInsert } from "./compiled_insert.ts";
import type { GroupCommit } from "./group_commit.ts";
import type { RecordWriter } from "./kysely_answer_records.ts";
import type { MeasuresRow, RecordRow } from "./record_rows.ts";
import { measuresRowOf, putMeasures, putRecord, recordRowOf } from "./record_rows.ts";
import type { StorageSchema } from "./schema.ts";
import { SearchWriter } from "./sqlite_search_index.ts";

/** What writing needs beside the query builder. */
export interface RecordWriting {
  database: DatabaseSync;
  /** The journal's: the record of an answer costs no transaction of its own. */
  commits: GroupCommit;
}

/** Writes records in the journal's next transaction. */
export class SqliteRecordWriter implements RecordWriter {
  readonly #commits: GroupCommit;
  readonly #records: CompiledInsert<RecordRow>;
  readonly #measures: CompiledInsert<MeasuresRow>;
  readonly #index: SearchWriter;

  constructor(db: Kysely<StorageSchema>, { database, commits }: RecordWriting) {
    this.#commits = commits;
    this.#index = new SearchWriter(database);
    this.#records = new CompiledInsert(database, (row) => putRecord(db, row).compile());
    this.#measures = new CompiledInsert(database, (row) => putMeasures(db, row).compile());
  }

  async put(record: AnswerRecord): Promise<void> {
    const { answerId, conversationId, text } = record;
    const row = recordRowOf(record);
    const measures = measuresRowOf(record);
    await this.#commits.write(() => {
      this.#records.run(row);
      this.#measures.run(measures);
      if (conversationId !== undefined && text !== "") {
        this.#index.put({ conversationId, part: "answer", turnId: answerId }, text);
      }
    });
  }
}
