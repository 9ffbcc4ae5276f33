export type { Durability, RedisConnectionOptions } from "./redis_connection.ts";
export { RedisConnection } from "./redis_connection.ts";
export type { RedisJournalOptions } from "./redis_journal.ts";
export { RedisJournal } from "./redis_journal.ts";
export type { RedisLimitStoreOptions } from "./redis_limit_store.ts";
export { RedisLimitStore } from "./redis_limit_store.ts";
export type { RedisOpenReason } from "./redis_open_error.ts";
export { RedisOpenError } from "./redis_open_error.ts";
export { maskRedisUrl, parseRedisUrl } from "./redis_url.ts";
