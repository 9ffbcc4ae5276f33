import type { Kysely } from "kysely";
import type { AnswerRecord, AnswerRecords } from "./answer_records.ts";
import { recordOf } from "./record_rows.ts";
import type { StorageSchema } from "./schema.ts";

/** Values of one statement, well below the limit of every database. */
const IDS_PER_QUERY = 500;

/** How a database writes what is kept of an ended answer, all of it or nothing. */
export type RecordWriter = Pick<AnswerRecords, "put">;

/** Records of ended answers: read through Kysely, written as suits the database. */
export class KyselyAnswerRecords implements AnswerRecords {
  readonly #db: Kysely<StorageSchema>;
  readonly #writer: RecordWriter | undefined;

  /** @param writer Absent where nothing may be written. */
  constructor(db: Kysely<StorageSchema>, writer?: RecordWriter) {
    this.#db = db;
    this.#writer = writer;
  }

  async put(record: AnswerRecord): Promise<void> {
    if (this.#writer === undefined) throw new Error("Cannot keep a record as the storage was opened for reading");
    await this.#writer.put(record);
  }

  async get(answerId: string): Promise<AnswerRecord | undefined> {
    const [record] = await this.getMany([answerId]);
    return record;
  }

  async getMany(answerIds: readonly string[]): Promise<AnswerRecord[]> {
    const records: AnswerRecord[] = [];
    for (let from = 0; from < answerIds.length; from += IDS_PER_QUERY) {
      const rows = await this.#db
        .selectFrom("answer_records")
        .selectAll()
        .where("answer_id", "in", answerIds.slice(from, from + IDS_PER_QUERY))
        .execute();
      records.push(...rows.map(recordOf));
    }
    return records;
  }
}
