export { readKnownSecret } from "./known_secret.ts";
export { openStores } from "./open_stores.ts";
export { keepSharedSecret, readSharedSecret } from "./shared_secret.ts";
export type { ReplicaHandler, Replicas, ServerJournal, SharedBreakers, Stores } from "./stores.ts";
