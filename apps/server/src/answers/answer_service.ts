import type { Ask, Engine } from "@cogniforge/core/engine";
import { askSchema, askSubjectSchema, foldJournal, watchAnswer } from "@cogniforge/core/engine";
import type { CursorPosition, Journal, JournalEntry } from "@cogniforge/core/journal";
import { ANSWER_ID_PATTERN, decodeCursor, encodeCursor } from "@cogniforge/core/journal";
import type { TimelineData } from "@cogniforge/core/metrics";
import type { Principal } from "../auth/principal.ts";
import { FailureError } from "../failure_error.ts";
import type { AnswerGate, Candidate, RequestRate } from "../limits/mod.ts";
import { RESTART_WAIT_MS } from "../limits/mod.ts";
import type { ProjectContext, ProjectQuestions } from "../project/mod.ts";
import type { AnswerRecords } from "../storage/answer_records.ts";
import type { Conversation, ConversationStore, Turn } from "../storage/conversations.ts";
import type { ProjectContexts } from "../storage/project_contexts.ts";
import { idOfKey, newId } from "./answer_id.ts";
import type { AnswerView } from "./answer_view.ts";
import type {
  AnswerStatus,
  Answers,
  AskMessages,
  AskQuestion,
  CursoredEvent,
  Started,
  WatchOptions,
} from "./answers.ts";
import type { Audience } from "./audience.ts";
import { contextMessages } from "./context_messages.ts";
import type { ConversationChanges } from "./conversation_changes.ts";
import type { News } from "./read_news.ts";
import { readNews } from "./read_news.ts";
import { readTimeline } from "./read_timeline.ts";
import { titleOf } from "./title.ts";
import { branchOf } from "./turn_tree.ts";
import { viewOfRecord, viewOfState } from "./views.ts";

const DEFAULT_ROUTE = "default";

/** Limits that asking needs, read anew at every ask, since the configuration can be reloaded. */
export interface AskLimits {
  /** In UTF-16 code units. */
  maxQuestionLength: number;
  maxContextMessages: number;
  /** Ceiling of output tokens. */
  maxResponseTokens: number;
  /**
   * Whether the operator set the ceiling: only then is it sent to a model that was not asked for fewer. A default of our own,
   * sent along, would be refused by models with a smaller maximum and by accounts that can't pay for that many.
   */
  isCeilingSent: boolean;
}

export interface AnswerServiceOptions {
  engine: Engine;
  /** Stops an answer, whichever replica carries it; `false` if none does. */
  cancel: (answerId: string) => Promise<boolean>;
  journal: Journal;
  conversations: ConversationStore;
  records: AnswerRecords;
  project: Pick<ProjectQuestions, "info" | "read">;
  projectContexts: ProjectContexts;
  changes: ConversationChanges;
  audience: Audience;
  /** Lets every new answer in, or refuses it. */
  gate: Pick<AnswerGate, "admit" | "abandoned" | "rateOf">;
  limits: () => AskLimits;
  /** Whether a route has a target that can be asked; `undefined` if there is no such route. */
  isRouteUsable: (name: string) => boolean | undefined;
  /** Whether new asks are refused, since the server is about to stop. */
  isDraining: () => boolean;
  /** See {@linkcode Answers.leaving}. */
  leaving: AbortSignal;
}

/** Asking, watching and cancelling over the engine and the stores: what all doors share. */
export class AnswerService implements Answers {
  readonly #options: AnswerServiceOptions;
  /** Asks on their way to the journal: the same id again, meanwhile, waits for them instead of asking twice. */
  readonly #starting = new Map<string, Promise<Started>>();

  constructor(options: AnswerServiceOptions) {
    this.#options = options;
  }

  get leaving(): AbortSignal {
    return this.#options.leaving;
  }

  async ask(principal: Principal, input: AskQuestion): Promise<Started> {
    const { question, answerId = newId() } = input;
    if (question.trim() === "") throw new FailureError("question-empty", { param: "question" });
    if (question.length > this.#options.limits().maxQuestionLength) {
      throw new FailureError("question-too-long", { param: "question" });
    }
    if (!ANSWER_ID_PATTERN.test(answerId)) throw new FailureError("invalid-input", { param: "answerId" });
    const { route = DEFAULT_ROUTE } = input;
    return this.#once(
      principal,
      { answerId, route, requested: 1 },
      (asked) => asked.messages.at(-1)?.content === question,
      () => this.#beginTurn(principal, answerId, input),
    );
  }

  async askMessages(principal: Principal, input: AskMessages): Promise<Started> {
    const { messages, idempotencyKey } = input;
    const { maxQuestionLength } = this.#options.limits();
    if (messages.length === 0) throw new FailureError("invalid-input", { param: "messages" });
    const tooLong = messages.findIndex(
      ({ content }) => typeof content === "string" && content.length > maxQuestionLength,
    );
    if (tooLong >= 0) throw new FailureError("question-too-long", { param: `messages.${tooLong}.content` });
    const { route, requested = 1 } = input;
    const answerId = idempotencyKey === undefined ? newId() : idOfKey(principal.id, idempotencyKey);
    const candidate = { answerId, route, requested };
    const begin = () => this.#beginMessages(principal, answerId, input);
    // A new id names nothing that could be attached to.
    if (idempotencyKey === undefined) return this.#letIn(principal, candidate, begin);
    const text = JSON.stringify(messages);
    return this.#once(principal, candidate, (asked) => JSON.stringify(asked.messages) === text, begin);
  }

  async find(principal: Principal, answerId: string): Promise<AnswerStatus> {
    const { header, lastSeq, isEnded } = await this.#entry(principal, answerId);
    const { conversationId, route } = askSubjectSchema.parse(header.ask);
    return { answerId, conversationId, route, createdAt: header.createdAt, lastSeq, isEnded };
  }

  async watch(
    principal: Principal,
    answerId: string,
    options: WatchOptions = {},
  ): Promise<AsyncIterable<readonly CursoredEvent[]>> {
    const position = positionOf(await this.#entry(principal, answerId), options.cursor);
    const { signal, past } = options;
    return this.#attend(answerId, watchAnswer(this.#options.journal, answerId, { position, signal, past }));
  }

  async read(
    principal: Principal,
    answerId: string,
    options: { cursor?: string | undefined; waitMs: number; signal?: AbortSignal | undefined },
  ): Promise<News> {
    const { waitMs, signal } = options;
    const entry = await this.#entry(principal, answerId);
    const position = positionOf(entry, options.cursor);
    const leave = this.#options.audience.enter(answerId);
    try {
      return await readNews(this.#options.journal, entry, { position, waitMs, signal, leaving: this.leaving });
    } finally {
      leave();
    }
  }

  async get(principal: Principal, answerId: string): Promise<AnswerView> {
    const record = await this.#options.records.get(answerId);
    if (record?.owner === principal.id) return viewOfRecord(record);
    const { header } = await this.#entry(principal, answerId);
    return viewOfState(header, await foldJournal(this.#options.journal, answerId));
  }

  async sentProject(principal: Principal, answerId: string): Promise<ProjectContext | undefined> {
    await this.#entry(principal, answerId);
    return this.#options.projectContexts.get(answerId);
  }

  async timeline(principal: Principal, answerId: string): Promise<TimelineData> {
    await this.#entry(principal, answerId);
    return readTimeline(this.#options.journal, answerId);
  }

  async cancel(principal: Principal, answerId: string): Promise<boolean> {
    const entry = await this.#entry(principal, answerId);
    return !entry.isEnded && (await this.#options.cancel(answerId));
  }

  rateOf(principal: Principal): Promise<RequestRate | undefined> {
    return this.#options.gate.rateOf(principal);
  }

  /** Counts a reader in for as long as it reads. */
  async *#attend<T>(answerId: string, events: AsyncIterable<T>): AsyncGenerator<T, void, void> {
    const leave = this.#options.audience.enter(answerId);
    try {
      yield* events;
    } finally {
      leave();
    }
  }

  /** Begins an answer unless its id exists, or is just being begun: then it is attached to, if it is the same ask. */
  async #once(
    principal: Principal,
    candidate: Candidate,
    isSame: (asked: Ask) => boolean,
    begin: () => Promise<Started>,
  ): Promise<Started> {
    const { answerId } = candidate;
    await this.#starting.get(answerId)?.catch(() => {});
    const entry = await this.#options.journal.find(answerId);
    if (entry !== undefined) return attach(principal, entry, isSame);
    const starting = this.#starting.get(answerId);
    if (starting !== undefined) return this.#once(principal, candidate, isSame, begin);
    const started = this.#letIn(principal, candidate, begin);
    this.#starting.set(answerId, started);
    try {
      return await started;
    } finally {
      this.#starting.delete(answerId);
    }
  }

  /** Begins what the gate lets in; nothing is written before it has. */
  async #letIn(principal: Principal, candidate: Candidate, begin: () => Promise<Started>): Promise<Started> {
    if (this.#options.isDraining()) throw new FailureError("draining", { retryAfterMs: RESTART_WAIT_MS });
    await this.#options.gate.admit(principal, candidate);
    try {
      return await begin();
    } catch (error) {
      await this.#options.gate.abandoned(principal.id, candidate.answerId);
      throw error;
    }
  }

  async #beginTurn(principal: Principal, answerId: string, input: AskQuestion): Promise<Started> {
    const { changes, conversations, limits, projectContexts } = this.#options;
    const { question, route = DEFAULT_ROUTE, parameters = {}, onCut, origin } = input;
    this.#checkRoute(route);
    // A conversation that an answer opens has that answer's id, so that the same ask, retried, opens no second one.
    const conversationId = input.conversationId ?? answerId;
    const known = await conversations.find(principal.id, conversationId);
    if (known === undefined && input.conversationId !== undefined) {
      throw new FailureError("conversation-not-found", { param: "conversationId" });
    }
    const branch = await this.#branchBefore(known, answerId, input.parentId);
    const context = await this.#readProject(principal, branch, input);
    const messages = await contextMessages(this.#options, branch, limits().maxContextMessages, question);
    if (context !== undefined) messages.unshift({ role: "system", content: context.text });
    const at = Date.now();
    if (known === undefined)
      await conversations.create(principal.id, { id: conversationId, title: titleOf(question), at });
    // The question first: if the server dies in between, it is shown without an answer and can be asked again.
    const parentId = branch.at(-1)?.answerId;
    if (context !== undefined) await projectContexts.put(answerId, conversationId, context);
    await conversations.addTurn(conversationId, { question, answerId, parentId, askedAt: at });
    changes.note(principal.id, conversationId);
    return this.#start(principal, answerId, {
      version: 1,
      conversationId,
      route,
      messages,
      ...this.#bounded(parameters),
      onCut,
      origin,
    });
  }

  /** What goes along with the question, if it is about the project: because it says so, or as the one before it was. */
  async #readProject(
    principal: Principal,
    branch: readonly Turn[],
    { question, project }: AskQuestion,
  ): Promise<ProjectContext | undefined> {
    const goesOn = branch.at(-1)?.project !== undefined && this.#options.project.info(principal) !== undefined;
    return (project ?? goesOn) ? this.#options.project.read(principal, question) : undefined;
  }

  /** The turns that a new one follows: those before it if it is there already, those up to the parent, or those that are shown. */
  async #branchBefore(
    conversation: Conversation | undefined,
    answerId: string,
    parentId: string | null | undefined,
  ): Promise<Turn[]> {
    if (conversation === undefined) {
      if (parentId != null) throw new FailureError("invalid-input", { param: "parentId" });
      return [];
    }
    const turns = await this.#options.conversations.turns(conversation.id);
    const own = branchOf(turns, answerId);
    if (own.length > 0) return own.slice(0, -1);
    if (parentId === null) return [];
    const branch = branchOf(turns, parentId ?? conversation.shownTurnId);
    if (parentId !== undefined && branch.length === 0) throw new FailureError("invalid-input", { param: "parentId" });
    return branch;
  }

  async #beginMessages(principal: Principal, answerId: string, input: AskMessages): Promise<Started> {
    const { messages, route, parameters, dialectParameters, maxOutputTokens, onCut, origin } = input;
    this.#checkRoute(route);
    const bounded = this.#bounded(parameters, maxOutputTokens);
    const ask: Ask = { version: 1, route, messages: [...messages], ...bounded, dialectParameters, onCut, origin };
    const started = await this.#start(principal, answerId, ask);
    const { cancelWhenUnwatchedMs } = input;
    if (cancelWhenUnwatchedMs !== undefined) {
      this.#options.audience.cancelWhenUnwatched(answerId, cancelWhenUnwatchedMs);
    }
    return started;
  }

  /** Keeps what a caller asks for below the ceiling of output tokens. */
  #bounded(parameters: Record<string, unknown>, maxOutputTokens?: number): Pick<Ask, "parameters" | "maxOutputTokens"> {
    const { maxResponseTokens, isCeilingSent } = this.#options.limits();
    const bounded = { ...parameters };
    for (const name of ["max_tokens", "max_completion_tokens"]) {
      const asked = bounded[name];
      if (typeof asked === "number" && asked > maxResponseTokens) bounded[name] = maxResponseTokens;
    }
    if (maxOutputTokens !== undefined) {
      return { parameters: bounded, maxOutputTokens: Math.min(maxOutputTokens, maxResponseTokens) };
    }
    return { parameters: bounded, maxOutputTokens: isCeilingSent ? maxResponseTokens : undefined };
  }

  async #start(principal: Principal, answerId: string, ask: Ask): Promise<Started> {
    const started = await this.#options.engine.start({ answerId, owner: principal.id, ask });
    if (!started.created) return attach(principal, started.entry, () => true);
    return { ...startOf(answerId, ask.conversationId), attached: false };
  }

  #checkRoute(route: string): void {
    const isUsable = this.#options.isRouteUsable(route);
    if (isUsable === undefined) throw new FailureError("route-not-found", { param: "route" });
    if (!isUsable) throw new FailureError("no-provider");
  }

  /** The answer's entry, if it is the principal's: another's is like none. */
  async #entry(principal: Principal, answerId: string): Promise<JournalEntry> {
    const { engine, journal } = this.#options;
    const entry = engine.find(answerId) ?? (await journal.find(answerId));
    if (entry?.header.owner !== principal.id) throw new FailureError("answer-not-found");
    return entry;
  }
}

function attach(principal: Principal, entry: JournalEntry, isSame: (asked: Ask) => boolean): Started {
  const { answerId, owner } = entry.header;
  const asked = askSchema.parse(entry.header.ask);
  if (owner !== principal.id || !isSame(asked)) throw new FailureError("id-taken");
  return { ...startOf(answerId, asked.conversationId), attached: true };
}

function startOf(answerId: string, conversationId: string | undefined): Omit<Started, "attached"> {
  return { answerId, conversationId, cursor: encodeCursor({ answerId, seq: 0, offset: 0 }) };
}

function positionOf({ header, lastSeq }: JournalEntry, cursor: string | undefined): CursorPosition | undefined {
  if (cursor === undefined) return undefined;
  const position = parseCursor(cursor);
  // No cursor is given out for an event that is not written: a later one would wait for what never comes.
  if (position.answerId !== header.answerId || position.seq > lastSeq)
    throw new FailureError("invalid-cursor", { param: "cursor" });
  return position;
}

/**
 * Reads a cursor that a client gave back.
 *
 * @throws {FailureError} `invalid-cursor`.
 */
export function parseCursor(cursor: string): CursorPosition {
  try {
    return decodeCursor(cursor);
  } catch (cause) {
    throw new FailureError("invalid-cursor", { param: "cursor", cause });
  }
}
