import type { ExpressionBuilder, ExpressionWrapper, Selectable, SqlBool } from "kysely";
import { FailureError } from "../failure_error.ts";
import type { Conversation, ConversationPage } from "./conversations.ts";
import type { StorageSchema } from "./schema.ts";

/** A conversation as it stands in its row. */
export function conversationOf(row: Selectable<StorageSchema["conversations"]>): Conversation {
  return {
    id: row.id,
    title: row.title,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    isArchived: row.archived_at !== null,
    ...(row.shown_turn === null ? {} : { shownTurnId: row.shown_turn }),
  };
}

/** A page of what was read with one more than its limit. */
export function pageOf(conversations: Conversation[], limit: number): ConversationPage {
  const page = conversations.slice(0, limit);
  const last = page.at(-1);
  return conversations.length > limit && last
    ? { conversations: page, nextCursor: encodePageCursor(last) }
    : { conversations: page };
}

/**
 * What stands after a page, newest first: by key and not by offset, so that a conversation that moves to the top meanwhile shifts no page.
 *
 * @throws {FailureError} `invalid-cursor`.
 */
export function isAfter(
  cursor: string,
): (
  where: ExpressionBuilder<StorageSchema, "conversations">,
) => ExpressionWrapper<StorageSchema, "conversations", SqlBool> {
  const { updatedAt, id } = decodePageCursor(cursor);
  return (where) =>
    where.or([
      where("updated_at", "<", updatedAt),
      where.and([where("updated_at", "=", updatedAt), where("id", "<", id)]),
    ]);
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
