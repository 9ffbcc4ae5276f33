import type { Bilingual } from "@cogniforge/core/events";
import type { Access } from "../../caller/access.ts";
import type { Ear } from "./ear.ts";

/** One way to ask a question and to hear its answer. */
export interface Door {
  id: string;
  name: Bilingual;
  isStreamed: boolean;
  /** Asks the doctor's route and listens to the end. */
  listen(access: Access, ear: Ear, signal: AbortSignal): Promise<void>;
}

/** What is asked: the doctor's route gives the same text whatever the question is. */
export const QUESTION = "doctor";
