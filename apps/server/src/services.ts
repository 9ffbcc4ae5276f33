import type { Answers } from "./answers/answers.ts";
import type { FirstRun } from "./auth/first_run.ts";
import type { AnswerRecords } from "./storage/answer_records.ts";
import type { ConversationStore } from "./storage/conversations.ts";

/** One target as the console lists it; a key only masked. */
export interface TargetStatus {
  provider: string;
  model: string;
  dialect: string;
  baseUrl?: string | undefined;
  /** For example `sk-or-v…wxyz`; absent without a key. */
  maskedKey?: string | undefined;
  isTrial: boolean;
  isUsable: boolean;
}

/** A variable that could be set, and what it would do. */
export interface SetupHint {
  variable: string;
  /** `missing`, or `placeholder` where the value of `.env.example` was left. */
  state: "missing" | "placeholder";
  effect: { en: string; ar: string };
}

export interface SystemStatus {
  version: string;
  hasAdministrator: boolean;
  hasUsableTarget: boolean;
  /** Only trial answers can be given. */
  isTrialOnly: boolean;
  /** What to set, in order of advice; empty when a real target is usable. */
  hints: SetupHint[];
}

export interface RouteStatus {
  route: string;
  targets: TargetStatus[];
}

/** What can be asked about the set-up. */
export interface SystemInfo {
  status(): Promise<SystemStatus>;
  routes(): RouteStatus[];
}

/** Everything that the doors need, made once at the start. */
export interface Services {
  answers: Answers;
  conversations: ConversationStore;
  records: AnswerRecords;
  firstRun: FirstRun;
  system: SystemInfo;
}
