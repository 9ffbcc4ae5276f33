import type { DatabaseSync } from "node:sqlite";
import { measuresOf } from "@cogniforge/core/metrics";
import type { Insertable, Kysely, Selectable } from "kysely";
import type { AnswerRecord, AnswerRecords } from "./answer_records.ts";
import { CompiledInsert } from "./compiled_insert.ts";
import type { GroupCommit } from "./group_commit.ts";
import type { StorageSchema } from "./schema.ts";
import { SearchWriter } from "./search_index.ts";

/** Values of one statement, well below the limit of every database. */
const IDS_PER_QUERY = 500;

/** What writing needs beside the query builder. */
export interface RecordWriting {
  database: DatabaseSync;
  /** The journal's: the record of an answer costs no transaction of its own. */
  commits: GroupCommit;
}

/** Records of ended answers: read through Kysely, written in the journal's next transaction. */
export class SqliteAnswerRecords implements AnswerRecords {
  readonly #db: Kysely<StorageSchema>;
  readonly #writer: RecordWriter | undefined;

  /** @param writing Absent where nothing may be written. */
  constructor(db: Kysely<StorageSchema>, writing?: RecordWriting) {
    this.#db = db;
    this.#writer = writing && new RecordWriter(db, writing);
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

class RecordWriter {
  readonly #commits: GroupCommit;
  readonly #records: CompiledInsert<RecordRow>;
  readonly #measures: CompiledInsert<MeasuresRow>;
  readonly #index: SearchWriter;

  constructor(db: Kysely<StorageSchema>, { database, commits }: RecordWriting) {
    this.#commits = commits;
    this.#index = new SearchWriter(database);
    this.#records = new CompiledInsert(database, (row) =>
      db
        .insertInto("answer_records")
        .values(row)
        .onConflict((conflict) =>
          conflict.column("answer_id").doUpdateSet(({ ref }) => ({
            owner: ref("excluded.owner"),
            conversation_id: ref("excluded.conversation_id"),
            route: ref("excluded.route"),
            created_at: ref("excluded.created_at"),
            text: ref("excluded.text"),
            reasoning: ref("excluded.reasoning"),
            tool_calls: ref("excluded.tool_calls"),
            end_event: ref("excluded.end_event"),
          })),
        )
        .compile(),
    );
    // Once for each answer, whoever writes its record again.
    this.#measures = new CompiledInsert(database, (row) =>
      db
        .insertInto("answer_measures")
        .values(row)
        .onConflict((conflict) => conflict.column("answer_id").doNothing())
        .compile(),
    );
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

type Row = Selectable<StorageSchema["answer_records"]>;

type Measures = Required<Omit<Insertable<StorageSchema["answer_measures"]>, "measure_key">>;

// Types and not interfaces: only these can be rows of any columns.
type RecordRow = { [Column in keyof Row]: Row[Column] };
type MeasuresRow = { [Column in keyof Measures]: Measures[Column] };

function recordRowOf({
  answerId,
  owner,
  conversationId,
  route,
  createdAt,
  text,
  reasoning,
  toolCalls,
  end,
}: AnswerRecord): RecordRow {
  return {
    answer_id: answerId,
    owner,
    conversation_id: conversationId ?? null,
    route,
    created_at: createdAt,
    text,
    reasoning,
    tool_calls: JSON.stringify(toolCalls),
    end_event: JSON.stringify(end),
  };
}

function measuresRowOf({ answerId, owner, conversationId, route, end }: AnswerRecord): MeasuresRow {
  return {
    answer_id: answerId,
    owner,
    conversation_id: conversationId ?? null,
    ended_at: end.at,
    route,
    provider: end.provider ?? "",
    model: end.model ?? "",
    measures: JSON.stringify(measuresOf(answerId, route, end)),
  };
}

function recordOf(row: Row): AnswerRecord {
  return {
    answerId: row.answer_id,
    owner: row.owner,
    conversationId: row.conversation_id ?? undefined,
    route: row.route,
    createdAt: row.created_at,
    text: row.text,
    reasoning: row.reasoning,
    toolCalls: JSON.parse(row.tool_calls),
    end: JSON.parse(row.end_event),
  };
}
