import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { StorageSchema } from "../schema.ts";
import type { SearchIndex } from "../search_index.ts";
import { SqliteSearchIndex } from "../sqlite_search_index.ts";

/** Turns get parents, so that a conversation can branch; conversations are archived, deleted with a grace, and searched. */
export const branchesAndSearch: Migration = {
  async up(db: Kysely<unknown>) {
    await giveTurnsParents(db);
    for (const name of ["archived_at", "deleted_at"]) {
      await db.schema.alterTable("conversations").addColumn(name, "bigint").execute();
    }
    await db.schema.alterTable("conversations").addColumn("shown_turn", "text").execute();
    await sql`
      UPDATE conversations SET shown_turn = (
        SELECT answer_id FROM turns WHERE conversation_id = conversations.id ORDER BY position DESC LIMIT 1
      )`.execute(db);
    await db.schema.createIndex("conversations_deleted").on("conversations").column("deleted_at").execute();
    await db.schema
      .createIndex("answer_records_by_conversation")
      .on("answer_records")
      .column("conversation_id")
      .execute();
    await createSearch(db);
    await indexEverything(db as Kysely<StorageSchema>);
  },
};

/** A conversation was one line until now: each turn follows the one that was asked before it. */
async function giveTurnsParents(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("turns_with_parents")
    .addColumn("conversation_id", "text", (column) =>
      column.notNull().references("conversations.id").onDelete("cascade"),
    )
    .addColumn("position", "integer", (column) => column.notNull())
    .addColumn("answer_id", "text", (column) => column.notNull())
    .addColumn("parent_id", "text")
    .addColumn("question", "text", (column) => column.notNull())
    .addColumn("asked_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("turns_key", ["conversation_id", "position"])
    .addUniqueConstraint("turns_once", ["conversation_id", "answer_id"])
    .execute();
  await sql`
    INSERT INTO turns_with_parents (conversation_id, position, answer_id, parent_id, question, asked_at)
    SELECT conversation_id, position, answer_id,
      LAG(answer_id) OVER (PARTITION BY conversation_id ORDER BY position), question, asked_at
    FROM turns`.execute(db);
  await db.schema.dropTable("turns").execute();
  await db.schema.alterTable("turns_with_parents").renameTo("turns").execute();
}

/**
 * The index holds words in their searched form and no text: what is shown is cut from the text itself.
 *
 * The tokenizer only parts at spaces, since all letters beyond ASCII are equal to it; the words are made by `searchWords()`.
 */
async function createSearch(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE VIRTUAL TABLE search_index USING fts5(
      words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii', prefix = '1 2 3')`.execute(db);
  await db.schema
    .createTable("search_entries")
    .addColumn("entry_key", "integer", (column) => column.primaryKey())
    .addColumn("conversation_id", "text", (column) => column.notNull())
    .addColumn("part", "text", (column) => column.notNull())
    // Empty for the title.
    .addColumn("turn_id", "text", (column) => column.notNull())
    .addUniqueConstraint("search_entries_once", ["conversation_id", "part", "turn_id"])
    .execute();
}

/** A few at a time, as the texts of all conversations together may not fit the memory. */
const INDEXED_AT_ONCE = 100;

async function indexEverything(db: Kysely<StorageSchema>): Promise<void> {
  const index = new SqliteSearchIndex();
  for (let after = "", rows = INDEXED_AT_ONCE; rows === INDEXED_AT_ONCE; ) {
    const conversations = await db
      .selectFrom("conversations")
      .select(["id", "title"])
      .where("id", ">", after)
      .orderBy("id")
      .limit(INDEXED_AT_ONCE)
      .execute();
    for (const { id, title } of conversations) await indexConversation(db, index, id, title);
    rows = conversations.length;
    after = conversations.at(-1)?.id ?? after;
  }
}

async function indexConversation(
  db: Kysely<StorageSchema>,
  index: SearchIndex,
  conversationId: string,
  title: string,
): Promise<void> {
  await index.put(db, { conversationId, part: "title", turnId: "" }, title);
  const turns = await db
    .selectFrom("turns")
    .leftJoin("answer_records", "answer_records.answer_id", "turns.answer_id")
    .select(["turns.answer_id", "turns.question", "answer_records.text"])
    .where("turns.conversation_id", "=", conversationId)
    .execute();
  for (const { answer_id: turnId, question, text } of turns) {
    await index.put(db, { conversationId, part: "question", turnId }, question);
    if (text) await index.put(db, { conversationId, part: "answer", turnId }, text);
  }
}
