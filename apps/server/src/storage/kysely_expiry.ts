import { setImmediate as nextTurn } from "node:timers/promises";
import type { Expression, ExpressionBuilder, Kysely, SqlBool } from "kysely";
import type { StorageSchema } from "./schema.ts";

/** Rows of one transaction: others wait for its end. */
const ROWS_AT_ONCE = 250;

/** An answer that has ended. */
export interface EndedAnswer {
  answerId: string;
  /** Epoch milliseconds. */
  endedAt: number;
}

/** What a database knows of journals. */
export interface KnownJournals {
  /** Has every answer that ended. */
  ended: "journal_heads" | "archived_journals";
  /** Whether a conversation has an answer that runs. */
  hasRunning(conversation: ExpressionBuilder<StorageSchema, "conversations">): Expression<SqlBool>;
}

/** Finds what is old enough to be deleted. Moments are epoch milliseconds. */
export class KyselyExpiry {
  readonly #db: Kysely<StorageSchema>;
  readonly #journals: KnownJournals;

  constructor(db: Kysely<StorageSchema>, journals: KnownJournals) {
    this.#db = db;
    this.#journals = journals;
  }

  /** Conversations in which nothing was asked since a moment and no answer runs, oldest first. */
  async conversationsUntouchedSince(at: number, limit: number): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("conversations")
      .select("id")
      .where("updated_at", "<", at)
      .where("deleted_at", "is", null)
      .where((where) => where.not(this.#journals.hasRunning(where)))
      .orderBy("updated_at")
      .limit(limit)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Removes such a conversation, so that it can be purged; `false` if something was asked in it meanwhile. */
  async removeConversation(id: string, untouchedSince: number, now: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("conversations")
      .set({ deleted_at: now })
      .where("id", "=", id)
      .where("updated_at", "<", untouchedSince)
      .where("deleted_at", "is", null)
      .where((where) => where.not(this.#journals.hasRunning(where)))
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Answers of no conversation that ended from one moment on and before another, oldest first. */
  async strayAnswers(from: number, before: number, limit: number): Promise<EndedAnswer[]> {
    const rows = await this.#db
      .selectFrom(this.#db.dynamic.table(this.#journals.ended).as("head"))
      .select(["head.answer_id", "head.ended_at"])
      .where("head.ended_at", ">=", from)
      .where("head.ended_at", "<", before)
      .where(({ exists, not, selectFrom }) =>
        not(exists(selectFrom("turns").select("turns.answer_id").whereRef("turns.answer_id", "=", "head.answer_id"))),
      )
      .orderBy("head.ended_at")
      .limit(limit)
      .execute();
    return rows.map(({ answer_id, ended_at }) => ({ answerId: answer_id, endedAt: ended_at ?? 0 }));
  }

  async removeRecords(answerIds: readonly string[]): Promise<void> {
    if (answerIds.length === 0) return;
    await this.#db.deleteFrom("answer_records").where("answer_id", "in", answerIds).execute();
  }

  /** Forgets entries of the log of changes that are older than a moment; tells how many. */
  async forgetChanges(before: number): Promise<number> {
    for (let forgotten = 0; ; ) {
      // From the oldest on, as there is no index by time: the first page that holds a newer entry is the last one.
      const oldest = this.#db.selectFrom("audit_log").select(["id", "at"]).orderBy("id").limit(ROWS_AT_ONCE);
      const { numDeletedRows } = await this.#db
        .deleteFrom("audit_log")
        .where("id", "in", this.#db.selectFrom(oldest.as("oldest")).select("id").where("at", "<", before))
        .executeTakeFirst();
      forgotten += Number(numDeletedRows);
      if (numDeletedRows < ROWS_AT_ONCE) return forgotten;
      await nextTurn();
    }
  }
}
