export { APPLICATION_NAME } from "./application_name.ts";
export { PostgresJournalArchive } from "./postgres_journal_archive.ts";
export type { PostgresReadOnly } from "./postgres_read_only.ts";
export { openPostgresReadOnly } from "./postgres_read_only.ts";
export type { OpenPostgresOptions, PostgresStorage } from "./postgres_storage.ts";
export { openPostgresStorage } from "./postgres_storage.ts";
