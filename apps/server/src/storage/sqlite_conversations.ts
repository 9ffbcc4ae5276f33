import type { Kysely, Selectable } from "kysely";
import { FailureError } from "../failure_error.ts";
import type { Conversation, ConversationStore, ListConversationsOptions, Turn } from "./conversations.ts";
import type { StorageSchema } from "./schema.ts";

/** Conversations through Kysely. */
export class SqliteConversations implements ConversationStore {
  readonly #db: Kysely<StorageSchema>;

  constructor(db: Kysely<StorageSchema>) {
    this.#db = db;
  }

  /**
   * The same id of the same owner again gives what is there.
   *
   * @throws {RangeError} If the id belongs to another owner.
   */
  async create(owner: string, { id, title, at }: { id: string; title: string; at: number }): Promise<Conversation> {
    await this.#db
      .insertInto("conversations")
      .values({ id, owner, title, created_at: at, updated_at: at })
      .onConflict((conflict) => conflict.column("id").doNothing())
      .execute();
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
      .executeTakeFirst();
    return row && conversationOf(row);
  }

  /** @throws {FailureError} `invalid-cursor` if the cursor is not one of a page before. */
  async list(
    owner: string,
    { limit, cursor }: ListConversationsOptions,
  ): Promise<{ conversations: Conversation[]; nextCursor?: string | undefined }> {
    let query = this.#db.selectFrom("conversations").selectAll().where("owner", "=", owner);
    if (cursor !== undefined) {
      const { updatedAt, id } = decodePageCursor(cursor);
      // By key and not by offset: a conversation that moves to the top meanwhile shifts no page.
      query = query.where((where) =>
        where.or([
          where("updated_at", "<", updatedAt),
          where.and([where("updated_at", "=", updatedAt), where("id", "<", id)]),
        ]),
      );
    }
    const rows = await query
      .orderBy("updated_at", "desc")
      .orderBy("id", "desc")
      .limit(limit + 1)
      .execute();
    const conversations = rows.slice(0, limit).map(conversationOf);
    const last = conversations.at(-1);
    return rows.length > limit && last ? { conversations, nextCursor: encodePageCursor(last) } : { conversations };
  }

  async turns(id: string): Promise<Turn[]> {
    const rows = await this.#db
      .selectFrom("turns")
      .select(["question", "answer_id", "asked_at"])
      .where("conversation_id", "=", id)
      .orderBy("position")
      .execute();
    return rows.map(({ question, answer_id, asked_at }) => ({ question, answerId: answer_id, askedAt: asked_at }));
  }

  /** @throws {RangeError} If there is no such conversation. */
  async addTurn(id: string, { question, answerId, askedAt }: Turn): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      const touched = await transaction
        .updateTable("conversations")
        .set((set) => ({
          updated_at: set.case().when("updated_at", "<", askedAt).then(askedAt).else(set.ref("updated_at")).end(),
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
      await transaction
        .insertInto("turns")
        .values({
          conversation_id: id,
          position: (position ?? 0) + 1,
          answer_id: answerId,
          question,
          asked_at: askedAt,
        })
        .onConflict((conflict) => conflict.columns(["conversation_id", "answer_id"]).doNothing())
        .execute();
    });
  }

  async rename(owner: string, id: string, title: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("conversations")
      .set({ title })
      .where("id", "=", id)
      .where("owner", "=", owner)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async remove(owner: string, id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("conversations")
      .where("id", "=", id)
      .where("owner", "=", owner)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}

function conversationOf(row: Selectable<StorageSchema["conversations"]>): Conversation {
  return { id: row.id, title: row.title, createdAt: row.created_at, updatedAt: row.updated_at };
}

function encodePageCursor({ updatedAt, id }: Conversation): string {
  return Buffer.from(JSON.stringify([updatedAt, id])).toString("base64url");
}

function decodePageCursor(cursor: string): { updatedAt: number; id: string } {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    const [updatedAt, id, ...others] = Array.isArray(parts) ? parts : [];
    if (typeof updatedAt === "number" && typeof id === "string" && others.length === 0) return { updatedAt, id };
  } catch (cause) {
    throw new FailureError("invalid-cursor", { cause });
  }
  throw new FailureError("invalid-cursor");
}
