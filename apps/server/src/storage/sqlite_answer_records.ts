import { measuresOf } from "@cogniforge/core/metrics";
import type { Insertable, Kysely, Selectable } from "kysely";
import type { AnswerRecord, AnswerRecords } from "./answer_records.ts";
import { GroupedWrites } from "./grouped_writes.ts";
import type { StorageSchema } from "./schema.ts";
import { SearchIndex } from "./search_index.ts";

/** Values of one statement, well below the limit of every database. */
const IDS_PER_QUERY = 500;

/** Records of ended answers through Kysely. */
export class SqliteAnswerRecords implements AnswerRecords {
  readonly #db: Kysely<StorageSchema>;
  readonly #writes = new GroupedWrites<AnswerRecord>((records) => this.#putAll(records));

  constructor(db: Kysely<StorageSchema>) {
    this.#db = db;
  }

  put(record: AnswerRecord): Promise<void> {
    return this.#writes.put(record);
  }

  async #putAll(all: readonly AnswerRecord[]): Promise<void> {
    // No statement may change a row twice: of an answer's records the last counts.
    const records = [...new Map(all.map((record) => [record.answerId, record])).values()];
    await this.#db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto("answer_records")
        .values(records.map(rowOf))
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
        .execute();
      // Once for each answer, whoever writes its record again.
      await transaction
        .insertInto("answer_measures")
        .values(records.map(measuresRowOf))
        .onConflict((conflict) => conflict.column("answer_id").doNothing())
        .execute();
      const index = new SearchIndex(transaction);
      for (const { answerId, conversationId, text } of records) {
        if (conversationId === undefined || text === "") continue;
        await index.put({ conversationId, part: "answer", turnId: answerId }, text);
      }
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
