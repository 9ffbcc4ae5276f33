import type { WallClock } from "@cogniforge/core/journal";
import type { RecordStorage } from "../record_storage.ts";

/** A storage under test. */
export interface StoreSubject {
  /** As it is open now; empty at first. */
  storage: RecordStorage;
  /** Closes it, and opens it again. */
  reopen(options?: { clock?: WallClock }): Promise<RecordStorage>;
  /** Begins an answer, whose journal has no end. */
  beginAnswer(answerId: string): Promise<void>;
  /** Ends an answer at a moment: its journal is whole. */
  endAnswer(answerId: string, at: number): Promise<void>;
}

/** One promise of the stores' interfaces; it fails where the storage does not keep it. */
export type StoreCase = [name: string, check: (subject: StoreSubject) => Promise<void>];
