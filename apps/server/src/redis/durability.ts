/**
 * When a write counts as done.
 *
 * - `memory`: Redis has it. It survives the death of any of our processes; what becomes of it when Redis itself dies is told by
 *   Redis's own persistence (with `appendonly yes`: nothing is lost by a killed process, a second by a lost machine).
 * - `aof`: it is on Redis's disk. Asks for `appendonly yes` and `appendfsync always`, with which Redis replies, and tells other
 *   replicas, only after the sync.
 * - `replica`: one replica of Redis has it as well. Readers on other replicas of ours may see an event some milliseconds sooner.
 */
export type Durability = "memory" | "aof" | "replica";
