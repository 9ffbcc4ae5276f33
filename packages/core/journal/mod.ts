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
