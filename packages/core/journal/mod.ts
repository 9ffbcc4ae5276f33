export { checkBatch, leaseLost } from "./append_rules.ts";
export type { CursorPosition } from "./cursor.ts";
export { ANSWER_ID_PATTERN, decodeCursor, encodeCursor } from "./cursor.ts";
export type {
  CreateOptions,
  FollowOptions,
  Journal,
  JournalEntry,
  JournalHeader,
  Lease,
} from "./journal.ts";
export { LeaseLostError } from "./journal.ts";
export type { LiveTailOptions, TailSource } from "./live_tail.ts";
export { LiveTail } from "./live_tail.ts";
export { MemoryJournal } from "./memory_journal.ts";
export type { WallClock } from "./wall_clock.ts";
export { systemWallClock } from "./wall_clock.ts";
