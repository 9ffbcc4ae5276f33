export { PostgresJournalArchive } from "./postgres_journal_archive.ts";
export type { OpenPostgresOptions, PostgresStorage } from "./postgres_storage.ts";
export { openPostgresStorage } from "./postgres_storage.ts";
