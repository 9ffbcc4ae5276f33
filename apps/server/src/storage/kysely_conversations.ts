import type { Kysely } from "kysely";
import { conversationOf, isAfter, pageOf } from "./conversation_page.ts";
import { entriesThatMatch, findMatches } from "./conversation_search.ts";
import type {
  Conversation,
  ConversationPage,
  ConversationStore,
  FoundConversation,
  ListConversationsOptions,
  SearchConversationsOptions,
  Turn,
} from "./conversations.ts";
import type { RecordDatabase } from "./record_database.ts";
import type { StorageSchema } from "./schema.ts";
import { needlesOf } from "./search_index.ts";

/** Purging shares the database with everybody else. */
const MOST_PURGED_AT_ONCE = 100;

/** Conversations through Kysely. */
export class KyselyConversations implements ConversationStore {
  readonly #database: RecordDatabase;
  readonly #db: Kysely<StorageSchema>;

  constructor(database: RecordDatabase) {
    this.#database = database;
    this.#db = database.kysely;
  }

  /**
   * The same id of the same owner again gives what is there.
   *
   * @throws {RangeError} If the id belongs to another owner.
   */
  async create(owner: string, { id, title, at }: { id: string; title: string; at: number }): Promise<Conversation> {
    await this.#database.transact(async (transaction) => {
      const { numInsertedOrUpdatedRows: created } = await transaction
        .insertInto("conversations")
        .values({
          id,
          owner,
          title,
          created_at: at,
          updated_at: at,
          archived_at: null,
          deleted_at: null,
          shown_turn: null,
        })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .executeTakeFirstOrThrow();
      if (created === 0n) return;
      await this.#database.search.put(transaction, { conversationId: id, part: "title", turnId: "" }, title);
    });
    const conversation = await this.find(owner, id);
    if (conversation === undefined) throw new RangeError(`Cannot create the conversation '${id}' as the id is taken`);
    return conversation;
  }

  async find(owner: string, id: string): Promise<Conversation | undefined> {
    const row = await this.#db
      .selectFrom("conversations")
      .selectAll()
      .where("id", "=", id)
      .where("owner", "=", owner)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    return row && conversationOf(row);
  }

  /** @throws {FailureError} `invalid-cursor` if the cursor is not one of a page before. */
  async list(owner: string, { limit, cursor, archived = false }: ListConversationsOptions): Promise<ConversationPage> {
    const rows = await this.#db
      .selectFrom("conversations")
      .selectAll()
      .where("owner", "=", owner)
      .where("deleted_at", "is", null)
      .where("archived_at", archived ? "is not" : "is", null)
      .$if(cursor !== undefined, (query) => query.where(isAfter(cursor ?? "")))
      .orderBy("updated_at", "desc")
      .orderBy("id", "desc")
      .limit(limit + 1)
      .execute();
    return pageOf(rows.map(conversationOf), limit);
  }

  /** @throws {FailureError} `invalid-cursor` if the cursor is not one of a page before. */
  async search(
    owner: string,
    { query, limit, cursor }: SearchConversationsOptions,
  ): Promise<ConversationPage<FoundConversation>> {
    const needles = needlesOf(query);
    if (needles.length === 0) return { conversations: [] };
    const rows = await this.#db
      .selectFrom("conversations")
      .selectAll()
      .where("owner", "=", owner)
      .where("deleted_at", "is", null)
      .where("id", "in", entriesThatMatch(this.#database.search, needles))
      .$if(cursor !== undefined, (select) => select.where(isAfter(cursor ?? "")))
      .orderBy("updated_at", "desc")
      .orderBy("id", "desc")
      .limit(limit + 1)
      .execute();
    const page = pageOf(rows.map(conversationOf), limit);
    const ids = page.conversations.map(({ id }) => id);
    const matches = await findMatches(this.#database, ids, needles);
    const found = page.conversations.map((one) => ({ ...one, matches: matches.get(one.id) ?? [] }));
    return { ...page, conversations: found };
  }

  async turns(id: string): Promise<Turn[]> {
    const rows = await this.#db
      .selectFrom("turns")
      .leftJoin("project_contexts", "project_contexts.answer_id", "turns.answer_id")
      .select(["turns.question", "turns.answer_id", "turns.parent_id", "turns.asked_at"])
      .select(["project_contexts.project", "project_contexts.version", "project_contexts.length"])
      .where("turns.conversation_id", "=", id)
      .orderBy("turns.position")
      .execute();
    return rows.map(({ question, answer_id, parent_id, asked_at, project: name, version, length }) => ({
      question,
      answerId: answer_id,
      ...(parent_id === null ? {} : { parentId: parent_id }),
      askedAt: asked_at,
      ...(name === null || version === null || length === null ? {} : { project: { name, version, length } }),
    }));
  }

  /** @throws {RangeError} If there is no such conversation. */
  async addTurn(id: string, { question, answerId, parentId, askedAt }: Omit<Turn, "project">): Promise<void> {
    await this.#database.transact(async (transaction) => {
      const touched = await transaction
        .updateTable("conversations")
        .set((set) => ({
          updated_at: set.case().when("updated_at", "<", askedAt).then(askedAt).else(set.ref("updated_at")).end(),
          archived_at: null,
          shown_turn: answerId,
        }))
        .where("id", "=", id)
        .executeTakeFirst();
      if (touched.numUpdatedRows === 0n) {
        throw new RangeError(`Cannot add a turn to the conversation '${id}' as there is none of this id`);
      }
      const { position } = await transaction
        .selectFrom("turns")
        .select((select) => select.fn.max("position").as("position"))
        .where("conversation_id", "=", id)
        .executeTakeFirstOrThrow();
      const { numInsertedOrUpdatedRows: added } = await transaction
        .insertInto("turns")
        .values({
          conversation_id: id,
          position: (position ?? 0) + 1,
          answer_id: answerId,
          parent_id: parentId ?? null,
          question,
          asked_at: askedAt,
        })
        .onConflict((conflict) => conflict.columns(["conversation_id", "answer_id"]).doNothing())
        .executeTakeFirstOrThrow();
      if (added === 0n) return;
      await this.#database.search.put(
        transaction,
        { conversationId: id, part: "question", turnId: answerId },
        question,
      );
    });
  }

  async show(id: string, turnId: string): Promise<void> {
    await this.#db.updateTable("conversations").set({ shown_turn: turnId }).where("id", "=", id).execute();
  }

  async rename(owner: string, id: string, title: string): Promise<boolean> {
    return this.#database.transact(async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable("conversations")
        .set({ title })
        .where("id", "=", id)
        .where("owner", "=", owner)
        .where("deleted_at", "is", null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await this.#database.search.put(transaction, { conversationId: id, part: "title", turnId: "" }, title);
      return true;
    });
  }

  async archive(owner: string, id: string, at: number | undefined): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("conversations")
      .set({ archived_at: at ?? null })
      .where("id", "=", id)
      .where("owner", "=", owner)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async remove(owner: string, id: string, at: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("conversations")
      .set({ deleted_at: at })
      .where("id", "=", id)
      .where("owner", "=", owner)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async restore(owner: string, id: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("conversations")
      .set({ deleted_at: null })
      .where("id", "=", id)
      .where("owner", "=", owner)
      .where("deleted_at", "is not", null)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async removedBefore(at: number): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("conversations")
      .select("id")
      .where("deleted_at", "<=", at)
      .orderBy("deleted_at")
      .limit(MOST_PURGED_AT_ONCE)
      .execute();
    return rows.map(({ id }) => id);
  }

  async purge(id: string): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      const { numDeletedRows } = await transaction
        .deleteFrom("conversations")
        .where("id", "=", id)
        // It may have been restored a moment ago.
        .where("deleted_at", "is not", null)
        .executeTakeFirst();
      if (numDeletedRows === 0n) return;
      await transaction.deleteFrom("answer_records").where("conversation_id", "=", id).execute();
      await this.#database.search.remove(transaction, id);
    });
  }
}
