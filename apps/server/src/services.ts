import type { AnswerCounts, Price } from "@cogniforge/core/metrics";
import type { Fault, FaultInput } from "@cogniforge/core/providers";
import type { BreakerStatus } from "@cogniforge/core/resilience";
import type { Answers } from "./answers/answers.ts";
import type { Conversations } from "./answers/conversations.ts";
import type { Audit } from "./audit/mod.ts";
import type { FirstRun } from "./auth/first_run.ts";
import type { Principal } from "./auth/principal.ts";
import type { Users } from "./auth/users.ts";
import type { SetupHint } from "./config/setup_hint.ts";
import type { DoctorDesk } from "./doctor/desk.ts";
import type { KeyService } from "./keys/key_service.ts";
import type { Overview, RangeName } from "./measures/overview.ts";
import type { Pulse } from "./measures/pulse.ts";
import type { ProjectQuestions } from "./project/mod.ts";
import type { FirstTokenSummary } from "./providers/recent_timings.ts";
import type { TargetTests } from "./providers/target_tests.ts";
import type { RouteSettingsService } from "./settings/mod.ts";
import type { AnswerRecords } from "./storage/answer_records.ts";
import type { MeasuredAnswer, MeasureFilter } from "./storage/measure_store.ts";

/** One target as the console lists it; a key only masked. */
export interface TargetStatus {
  provider: string;
  model: string;
  dialect: string;
  baseUrl?: string | undefined;
  /** For example `sk-or-v…wxyz`; absent without a key. */
  maskedKey?: string | undefined;
  /** Name of the variable that holds its key, or would hold it. */
  keyVariable?: string | undefined;
  isTrial: boolean;
  isUsable: boolean;
  /** What is known of what can be asked of it; what is not known is absent. */
  abilities?: ModelAbilities | undefined;
  /** What its tokens cost, where the configuration or the table that is built in says so. */
  price?: Price | undefined;
  /** How soon it began to answer lately; absent where nobody asked it since the start. */
  firstToken?: FirstTokenSummary | undefined;
}

/** What can be asked of a model; what is not known is absent. */
export interface ModelAbilities {
  /** Every answer is streamed here, whatever its provider does. */
  streaming?: boolean;
  tools?: boolean;
  images?: boolean;
  structuredOutput?: boolean;
  reasoning?: boolean;
  logprobs?: boolean;
  /** Whether it goes on from a beginning of its own message. */
  prefill?: boolean;
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

/** A provider that can be asked, and the drill that is held on it. */
export interface DrillStatus {
  provider: string;
  isTrial: boolean;
  /** Whether drills may be held on it. */
  isAllowed: boolean;
  /** The fault that strikes its next calls, with the number of calls that are left. */
  armed?: Fault | undefined;
}

/** Faults on purpose. */
export interface Drills {
  list(): DrillStatus[];
  /** @throws {FailureError} `invalid-input` for an unknown provider, `forbidden` for one that gives real answers. */
  arm(provider: string, fault: FaultInput): DrillStatus;
  /** @throws {FailureError} As `arm` does. */
  disarm(provider: string): DrillStatus;
}

/** What the program measures of itself. */
/** What administrators do with targets by hand. */
export interface TargetTools {
  tests: TargetTests;
  /** Closes and forgets the circuit breakers of one provider's key and targets. */
  resetBreakers(provider: string): void;
}

/** What the program measures of itself since it started. */
export interface Measures {
  /** Since it started. */
  counts(): AnswerCounts;
  /** Circuit breakers that are not closed, or whose target failed lately. */
  breakers(): BreakerStatus[];
  /** A stretch of time at a glance, up to now. */
  overview(range: RangeName, filter: MeasureFilter): Promise<Overview>;
  /** The latest ended answers, newest first, with the conversations that are the principal's. */
  latest(principal: Principal, limit: number, filter: MeasureFilter): Promise<MeasuredAnswer[]>;
  pulse(): Pulse;
  /** The pulse at once and whenever it has changed, at most once a second, until the signal aborts. */
  watch(signal: AbortSignal): AsyncIterable<Pulse>;
  /** Everything since the start in Prometheus's text format, with its media type. */
  scrape(): { type: string; text: string };
}

/** Everything that the doors need, made once at the start. */
export interface Services {
  answers: Answers;
  conversations: Conversations;
  records: AnswerRecords;
  firstRun: FirstRun;
  system: SystemInfo;
  measures: Measures;
  drills: Drills;
  targets: TargetTools;
  audit: Audit;
  routeSettings: RouteSettingsService;
  keys: KeyService;
  users: Users;
  project: Pick<ProjectQuestions, "info">;
  doctor: DoctorDesk;
}
