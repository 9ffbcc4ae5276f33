import type { Journal } from "@cogniforge/core/journal";
import type { Kysely } from "kysely";
import type { AnswerRecords } from "./answer_records.ts";
import type { ConversationStore } from "./conversations.ts";
import type { StorageSchema } from "./schema.ts";

/** What can be read of conversations while servers use the same database, in whichever one they are. */
export interface ReadRecords {
  conversations: Pick<ConversationStore, "find" | "list" | "turns">;
  records: Pick<AnswerRecords, "get" | "getMany">;
  /** Of running answers too, as far as they have come. */
  journal: Pick<Journal, "find" | "read">;
  kysely: Kysely<StorageSchema>;
}
