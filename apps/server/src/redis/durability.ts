/**
 * When a write counts as done.
 *
 * - `memory`: Redis has it. It survives the death of any of our processes; when Redis itself dies, its own persistence tells what is
 *   left (with `appendonly yes` and `appendfsync everysec`: all but some two seconds). The holder of an answer's lease writes the
 *   last seconds again that Redis has lost, so only what was written by a process that died with it is gone.
 * - `aof`: it is on Redis's disk. Asks for `appendonly yes` and `appendfsync always`, with which Redis replies, and tells other
 *   replicas, only after the sync.
 * - `replica`: one replica of Redis has it as well. Readers on other replicas of ours may see an event some milliseconds sooner.
 */
export type Durability = "memory" | "aof" | "replica";
