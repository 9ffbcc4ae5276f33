import { measuresOf } from "@cogniforge/core/metrics";
import type { Insertable, Kysely, Selectable } from "kysely";
import type { AnswerRecord } from "./answer_records.ts";
import type { StorageSchema } from "./schema.ts";

type Row = Selectable<StorageSchema["answer_records"]>;

type Measures = Required<Omit<Insertable<StorageSchema["answer_measures"]>, "measure_key">>;

// Types and not interfaces: only these can be rows of any columns.
export type RecordRow = { [Column in keyof Row]: Row[Column] };
export type MeasuresRow = { [Column in keyof Measures]: Measures[Column] };

export function recordRowOf({
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

export function measuresRowOf({ answerId, owner, conversationId, route, end }: AnswerRecord): MeasuresRow {
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

export function recordOf(row: Row): AnswerRecord {
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

/** Writes a record, in place of one that is there. */
export function putRecord(db: Kysely<StorageSchema>, row: RecordRow) {
  return db
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
    );
}

/** Writes an answer's measures: once for each answer, whoever writes its record again. */
export function putMeasures(db: Kysely<StorageSchema>, row: MeasuresRow) {
  return db
    .insertInto("answer_measures")
    .values(row)
    .onConflict((conflict) => conflict.column("answer_id").doNothing());
}
