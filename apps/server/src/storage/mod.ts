export type { AnswerRecord, AnswerRecords, MakeRecord } from "./answer_records.ts";
export type { ApiKeyRecord, ApiKeyStore, KeyLimits, KeySettings, KeySpend, Spending } from "./api_keys.ts";
export type { AuditEntry, AuditLog, AuditPage, ListAuditOptions } from "./audit_log.ts";
export type {
  Conversation,
  ConversationPage,
  ConversationStore,
  FoundConversation,
  ListConversationsOptions,
  SearchConversationsOptions,
  SearchMatch,
  Turn,
} from "./conversations.ts";
export { DATABASE_FILE } from "./database.ts";
export type { CommitObserver } from "./group_commit.ts";
export { createTurns } from "./in_turn.ts";
export type { JournalArchive } from "./journal_archive.ts";
export type { PrefillNews } from "./kysely_prefill_memory.ts";
export type { MeasuredAnswer, MeasureFilter, MeasureStore, MeasureWindow, StepSums } from "./measure_store.ts";
export { migrationBackups } from "./migration_backup.ts";
export type { ProjectContexts } from "./project_contexts.ts";
export type { ReadRecords } from "./read_records.ts";
export type { RecordStorage } from "./record_storage.ts";
export type { RouteVersion, RouteVersions } from "./route_versions.ts";
export type { StorageSchema } from "./schema.ts";
export type { OpenStorageOptions, Storage } from "./storage.ts";
export { openStorage } from "./storage.ts";
export type { StorageFault } from "./storage_fault.ts";
export { STORAGE_FAULT_REMEDIES, STORAGE_FAULT_TEXTS, StorageFaultError, storageFaultOf } from "./storage_fault.ts";
export { StorageOpenError } from "./storage_open_error.ts";
