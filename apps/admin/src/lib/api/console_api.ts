import { type AnswerEvent, createCogniforgeClient, type TransportState } from "@cogniforge/client";
import type { AppRouter } from "@cogniforge/server/router";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { type AdministrationApi, createAdministrationApi } from "./administration_api.ts";

type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;

export type SystemStatus = Outputs["system"]["status"];
export type ConversationPage = Outputs["conversations"]["list"];
export type ConversationInfo = ConversationPage["conversations"][number];
export type ConversationView = Outputs["conversations"]["get"];
export type SearchPage = Outputs["conversations"]["search"];
export type FoundConversation = SearchPage["conversations"][number];
export type SearchMatch = FoundConversation["matches"][number];
export type TimelineData = Outputs["answers"]["timeline"];
export type RouteChoice = Outputs["answers"]["routes"][number];
export type TurnView = ConversationView["turns"][number];
/** What was sent of the project along with a question, in short. */
export type SentSummary = NonNullable<TurnView["project"]>;
export type ProjectInfo = NonNullable<Outputs["project"]["info"]>;
export type SentProject = NonNullable<Outputs["project"]["sent"]>;
export type RouteStatus = Outputs["providers"]["list"][number];
export type TargetStatus = RouteStatus["targets"][number];
export type DrillStatus = Outputs["providers"]["drills"][number];
export type FaultInput = Inputs["providers"]["armDrill"]["fault"];
export type BreakerStatus = Outputs["metrics"]["breakers"][number];
export type AnswerCounts = Outputs["metrics"]["counters"];
export type Overview = Outputs["metrics"]["overview"];
export type OverviewPoint = Overview["points"][number];
export type MeasureSummary = Overview["total"];
export type RangeName = Overview["range"];
export type Pulse = Outputs["metrics"]["pulse"];
export type MeasuredAnswer = Outputs["metrics"]["latest"][number];
export type Examination = Outputs["doctor"]["read"];
export type CheckResult = Examination["results"][number];
export type FirstAdmin = Inputs["setup"]["createFirstAdmin"];

/** What is asked of the server; `answerId` makes a repeated call harmless. */
export interface Ask {
  answerId: string;
  question: string;
  conversationId?: string | undefined;
  /** The turn that the question follows; `null` for a first question. */
  parentId: string | null;
  /** A route's name, or a single target's. */
  route?: string | undefined;
  /** Whether it is about the project. */
  project: boolean;
}

/** How the providers and the answers do at one moment. */
export type ProvidersView = Outputs["providers"]["status"];

export interface ReadExamination {
  runId?: string | undefined;
  after?: number;
  waitMs?: number;
}

export interface WatchOptions {
  signal: AbortSignal;
  onTransport: (state: TransportState) => void;
}

/**
 * What the console asks of the server: the one seam between the pages and the client package.
 *
 * Every call fails with a `FailureError` of the client package; a `ConnectionError` is one that did not reach the server.
 */
export interface ConsoleApi extends AdministrationApi {
  ask(input: Ask): Promise<{ conversationId: string | undefined }>;
  /** The events of an answer from its beginning (the past as one snapshot) to its end, over whatever transport works. */
  watch(answerId: string, options: WatchOptions): AsyncIterable<AnswerEvent>;
  /** @returns Whether it still ran. */
  cancel(answerId: string): Promise<boolean>;
  timeline(answerId: string): Promise<TimelineData>;
  /** What a question can be put to. */
  routes(): Promise<RouteChoice[]>;
  listConversations(options: { cursor?: string | undefined; archived: boolean }): Promise<ConversationPage>;
  searchConversations(query: string, cursor?: string): Promise<SearchPage>;
  /** The branch that is shown, or the newest one through a turn. */
  getConversation(conversationId: string, turnId?: string): Promise<ConversationView>;
  showTurn(conversationId: string, turnId: string): Promise<ConversationView>;
  renameConversation(conversationId: string, title: string): Promise<void>;
  archiveConversation(conversationId: string, archived: boolean): Promise<void>;
  removeConversation(conversationId: string): Promise<void>;
  restoreConversation(conversationId: string): Promise<void>;
  /** Ids of conversations as they change anywhere; `undefined` says that any may have. */
  watchConversations(signal: AbortSignal): AsyncIterable<readonly string[] | undefined>;
  /** The project that questions can be about, if there is one for this user. */
  projectInfo(): Promise<ProjectInfo | undefined>;
  /** What was sent of it along with a question; `undefined` where the question was not about it. */
  sentProject(answerId: string): Promise<SentProject | undefined>;
  status(): Promise<SystemStatus>;
  /** For administrators, as are drills. */
  readProviders(): Promise<ProvidersView>;
  /** What `readProviders` gives, whenever that changes, until the signal aborts. */
  watchProviders(signal: AbortSignal): AsyncIterable<ProvidersView>;
  armDrill(provider: string, fault: FaultInput): Promise<DrillStatus>;
  disarmDrill(provider: string): Promise<DrillStatus>;
  /** What was measured over time; for administrators, as are the next two. */
  readOverview(input: Inputs["metrics"]["overview"]): Promise<Overview>;
  /** The latest ended answers, newest first. */
  readLatest(input: Inputs["metrics"]["latest"]): Promise<MeasuredAnswer[]>;
  /** How things are, whenever that changes, until the signal aborts. */
  watchPulse(signal: AbortSignal): AsyncIterable<Pulse>;
  /** Begins an examination of the server, or attaches to the one under way; for administrators. */
  startExamination(): Promise<{ runId: string }>;
  /** What an examination found after a position, waiting for news if told so; without an id the last one. */
  readExamination(input: ReadExamination, signal: AbortSignal): Promise<Examination>;
  createFirstAdmin(input: FirstAdmin): Promise<void>;
}

/** Conversations that the list asks for at once. */
const PAGE_SIZE = 50;

/** How long a page keeps trying by itself before it says that it could not connect, in milliseconds. */
const GIVE_UP_AFTER_MS = 30_000;

/** The same for what is followed live: what is shown must not look newer than it is. */
const LIVE_GIVE_UP_AFTER_MS = 2_000;

/** The server's API, with the session that the browser's cookie carries. */
export function createConsoleApi(origin: string): ConsoleApi {
  const client = createCogniforgeClient({ url: origin, policy: { giveUpAfterMs: GIVE_UP_AFTER_MS } });
  const live = createCogniforgeClient({ url: origin, policy: { giveUpAfterMs: LIVE_GIVE_UP_AFTER_MS } });
  const { conversations, metrics, providers } = client;
  return {
    ...createAdministrationApi(client),
    ask: (input) => client.ask(input),
    watch: (answerId, options) => client.watch(answerId, options),
    cancel: (answerId) => client.cancel(answerId),
    timeline: (answerId) => client.timeline(answerId),
    routes: () => client.routes(),
    listConversations: (options) => conversations.list({ limit: PAGE_SIZE, ...options }),
    searchConversations: (query, cursor) => conversations.search({ query, cursor }),
    getConversation: (conversationId, turnId) => conversations.get(conversationId, { turnId }),
    showTurn: (conversationId, turnId) => conversations.show(conversationId, turnId),
    renameConversation: (conversationId, title) => conversations.rename(conversationId, title),
    archiveConversation: (conversationId, archived) => conversations.archive(conversationId, archived),
    removeConversation: (conversationId) => conversations.remove(conversationId),
    restoreConversation: (conversationId) => conversations.restore(conversationId),
    watchConversations: (signal) => conversations.watch(signal),
    projectInfo: async () => (await client.project.info()) ?? undefined,
    sentProject: async (answerId) => (await client.project.sent(answerId)) ?? undefined,
    status: () => client.system.status(),
    readProviders: () => providers.status(),
    watchProviders: (signal) => live.providers.live({ signal }),
    armDrill: (provider, fault) => providers.armDrill(provider, fault),
    disarmDrill: (provider) => providers.disarmDrill(provider),
    readOverview: (input) => metrics.overview(input),
    readLatest: (input) => metrics.latest(input),
    watchPulse: (signal) => live.metrics.live({ signal }),
    startExamination: () => client.doctor.start({ origin }),
    readExamination: (input, signal) => client.doctor.read(input, { signal }),
    createFirstAdmin: (input) => client.setup.createFirstAdmin(input),
  };
}
