import { measuresOf } from "@cogniforge/core/metrics";
import type { Insertable, Kysely, Selectable } from "kysely";
import type { AnswerRecord, AnswerRecords } from "./answer_records.ts";
import type { StorageSchema } from "./schema.ts";
import { SearchIndex } from "./search_index.ts";

/** Values of one statement, well below the limit of every database. */
const IDS_PER_QUERY = 500;

/** Records of ended answers through Kysely. */
export class SqliteAnswerRecords implements AnswerRecords {
  readonly #db: Kysely<StorageSchema>;

  constructor(db: Kysely<StorageSchema>) {
    this.#db = db;
  }

  async put(record: AnswerRecord): Promise<void> {
    const { answer_id, ...columns } = rowOf(record);
    await this.#db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto("answer_records")
        .values({ answer_id, ...columns })
        .onConflict((conflict) => conflict.column("answer_id").doUpdateSet(columns))
        .execute();
      // Once for each answer, whoever writes its record again.
      await transaction
        .insertInto("answer_measures")
        .values(measuresRowOf(record))
        .onConflict((conflict) => conflict.column("answer_id").doNothing())
        .execute();
      const { conversationId, text } = record;
      if (conversationId === undefined || text === "") return;
      const key = { conversationId, part: "answer", turnId: answer_id } as const;
      await new SearchIndex(transaction).put(key, text);
    });
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

type Row = Selectable<StorageSchema["answer_records"]>;

function rowOf({
  answerId,
  owner,
  conversationId,
  route,
  createdAt,
  text,
  reasoning,
  toolCalls,
  end,
}: AnswerRecord): Row {
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

function measuresRowOf({
  answerId,
  owner,
  conversationId,
  route,
  end,
}: AnswerRecord): Insertable<StorageSchema["answer_measures"]> {
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
