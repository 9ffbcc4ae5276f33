import { FailureError, type FailureInfo } from "@cogniforge/client";
import { answerStateOf } from "#lib/answer/answer_of_view.ts";
import { LiveAnswer } from "#lib/answer/live_answer.svelte.ts";
import type { ConsoleApi, ConversationView, SentSummary, TurnView } from "#lib/api/console_api.ts";
import { moveDraft, NEW_DRAFT } from "./draft.ts";

export interface Turn {
  /** Of its answer, too. */
  readonly id: string;
  readonly parentId: string | undefined;
  readonly question: string;
  /** Epoch milliseconds. */
  readonly askedAt: number;
  /** What the question was put to; absent for the default route. */
  readonly route: string | undefined;
  readonly isAboutProject: boolean;
  /** What was sent of the project along with it; absent while that is not known. */
  readonly sent: SentSummary | undefined;
  /** Turns that could stand in its place: see the protocol. */
  readonly versions: TurnView["versions"];
  /** Made when it is first looked at: a long conversation's are not all shown. */
  readonly answer: LiveAnswer;
}

export interface ConversationOptions {
  api: Pick<ConsoleApi, "ask" | "watch" | "cancel" | "timeline" | "getConversation" | "showTurn">;
  /** Whether questions can be about a project. */
  hasProject: () => boolean;
  /** A question opened a new conversation, or went on with the one that is open. */
  onAsked?: (conversationId: string) => void;
  onAnswerEnd?: (answer: LiveAnswer) => void;
}

/** The conversation that is open: one of its branches, and what can be done in it. */
export class Conversation {
  readonly #options: ConversationOptions;
  #id = $state<string | undefined>();
  #opening = 0;
  /** Every answer that was looked at, also on other branches: going back shows it as it is. */
  readonly #answers = new Map<string, LiveAnswer>();
  turns = $state.raw<readonly Turn[]>([]);
  phase = $state<"new" | "loading" | "ready" | "failed">("new");
  failure = $state.raw<FailureInfo | undefined>();
  title = $state<string | undefined>();
  /** What the next question is put to; absent for the default route. */
  route = $state<string | undefined>();
  /** Whether the next question is about the project. */
  isAboutProject = $state(false);
  /** Names the draft of the next question. */
  draftKey = $state(NEW_DRAFT);
  /** The turn that a search led to. */
  sought = $state<string | undefined>();

  readonly last: LiveAnswer | undefined = $derived(this.turns.at(-1)?.answer);
  readonly isAnswering = $derived(this.last?.isLive ?? false);

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  get id(): string | undefined {
    return this.#id;
  }

  /** Shows another conversation, or a new one; what is open already stays as it is. With a turn, the branch through it. */
  async open(id: string | undefined, turnId?: string): Promise<void> {
    const isSame = id === this.#id && this.phase !== "failed";
    if (isSame && (turnId === undefined || this.turns.some((turn) => turn.id === turnId))) {
      this.sought = turnId;
      return;
    }
    this.close();
    this.#id = id;
    this.draftKey = id ?? NEW_DRAFT;
    if (id === undefined) return;
    this.phase = "loading";
    const isLoaded = await this.#load(() => this.#options.api.getConversation(id, turnId));
    if (!isLoaded) return;
    this.sought = turnId;
    this.route = routeOf(this.turns.at(-1));
    this.isAboutProject = this.turns.at(-1)?.isAboutProject ?? false;
  }

  /** Stops watching; answers that run go on without a reader. */
  close(): void {
    this.#opening += 1;
    for (const answer of this.#answers.values()) answer.leave();
    this.#answers.clear();
    this.turns = [];
    this.failure = undefined;
    this.title = undefined;
    this.route = undefined;
    this.isAboutProject = false;
    this.sought = undefined;
    this.phase = "new";
    this.#id = undefined;
    this.draftKey = NEW_DRAFT;
  }

  /** Reads the conversation again: somebody asked in it, or it was renamed, elsewhere. */
  async refresh(): Promise<void> {
    const id = this.#id;
    const last = this.turns.at(-1);
    if (id === undefined || this.phase !== "ready") return;
    // A question on its way is not with the server yet, and must not vanish from the page.
    if (last?.answer.phase === "starting" || last?.answer.phase === "unreachable") return;
    // Who waits for an answer here is not moved to what is asked elsewhere.
    const turnId = this.isAnswering ? last?.id : undefined;
    await this.#load(() => this.#options.api.getConversation(id, turnId), { isQuiet: true });
  }

  /** Goes on with a question and follows its answer to the end. */
  async ask(question: string): Promise<void> {
    if (this.isAnswering) return;
    const parentId = this.turns.at(-1)?.id;
    const id = randomAnswerId();
    const { isAboutProject } = this;
    const versions = { questions: [id], answers: [id] };
    await this.#begin(this.turns, { id, parentId, question, isAboutProject, versions });
  }

  /** Asks the question of a turn in other words, in a branch beside it. */
  async edit(turn: Turn, question: string): Promise<void> {
    if (question === turn.question) return this.regenerate(turn);
    if (this.isAnswering) return;
    const id = randomAnswerId();
    const versions = { questions: [...turn.versions.questions, id], answers: [id] };
    await this.#begin(this.#before(turn), { ...turn, id, question, versions });
  }

  /** Lets the question of a turn be answered once more, in a branch beside it, by another route if one is named. */
  async regenerate(turn: Turn, route?: string): Promise<void> {
    if (this.isAnswering) return;
    if (route !== undefined) this.route = route;
    const id = randomAnswerId();
    const { questions, answers } = turn.versions;
    const versions = { questions: questions.map((one) => (one === turn.id ? id : one)), answers: [...answers, id] };
    await this.#begin(this.#before(turn), { ...turn, id, versions });
  }

  /** Shows the newest branch through another version of a turn. */
  async show(turnId: string): Promise<void> {
    const id = this.#id;
    if (id === undefined) return;
    const isLoaded = await this.#load(() => this.#options.api.showTurn(id, turnId), { isQuiet: true });
    if (!isLoaded) return;
    this.route = routeOf(this.turns.at(-1));
    this.isAboutProject = this.turns.at(-1)?.isAboutProject ?? false;
  }

  /** Goes on with an answer that could not be sent or read, or asks the question of a failed one again. */
  async retry(turn: Turn): Promise<void> {
    if (turn.answer.phase !== "unreachable") return this.regenerate(turn);
    turn.answer.restart();
    // The same id: whatever reached the server the first time is not asked twice.
    await this.#send(turn);
  }

  #before(turn: Turn): Turn[] {
    return this.turns.slice(
      0,
      this.turns.findIndex(({ id }) => id === turn.id),
    );
  }

  async #begin(
    before: readonly Turn[],
    { id, parentId, question, isAboutProject, versions }: Omit<Turn, "askedAt" | "route" | "sent" | "answer">,
  ): Promise<void> {
    const answer = new LiveAnswer({ id, api: this.#options.api, onEnd: this.#options.onAnswerEnd });
    this.#answers.set(id, answer);
    const asked: Turn = {
      ...{ id, parentId, question, versions, answer },
      askedAt: Date.now(),
      route: this.route,
      // A conversation may be about a project that is set up no more.
      isAboutProject: isAboutProject && this.#options.hasProject(),
      sent: undefined,
    };
    this.turns = [...before, asked];
    await this.#send(asked);
  }

  async #send({ question, parentId, route, isAboutProject, answer }: Turn): Promise<void> {
    const opening = this.#opening;
    try {
      const { conversationId } = await this.#options.api.ask({
        answerId: answer.id,
        question,
        parentId: parentId ?? null,
        project: isAboutProject,
        ...(route === undefined ? {} : { route }),
        ...(this.#id === undefined ? {} : { conversationId: this.#id }),
      });
      if (conversationId !== undefined && opening === this.#opening) {
        if (this.#id === undefined) {
          moveDraft(NEW_DRAFT, conversationId);
          this.draftKey = conversationId;
        }
        this.#id = conversationId;
        this.phase = "ready";
        this.#options.onAsked?.(conversationId);
      }
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      answer.refuse(error.info);
      return;
    }
    if (opening === this.#opening) await answer.watch();
  }

  /** @returns Whether what was read is shown. */
  async #load(read: () => Promise<ConversationView>, { isQuiet = false } = {}): Promise<boolean> {
    const opening = this.#opening;
    const before = this.turns;
    try {
      const view = await read();
      // Who has gone elsewhere or has asked meanwhile sees that.
      if (opening !== this.#opening || before !== this.turns) return false;
      this.title = view.title;
      this.turns = view.turns.map((turn) => this.#turnOf(turn));
      this.phase = "ready";
      for (const { answerId, answer } of view.turns) {
        if (answer?.status === "running") void this.#answers.get(answerId)?.watch();
      }
      return true;
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      // What is shown is still true; the next change, or the connection's return, reads it again.
      if (opening !== this.#opening || (isQuiet && error.code === "unreachable")) return false;
      this.failure = error.info;
      this.phase = "failed";
      return false;
    }
  }

  #turnOf({ question, askedAt, answerId, parentId, versions, project, answer }: TurnView): Turn {
    const answerOf = () => {
      let live = this.#answers.get(answerId);
      if (live === undefined) {
        live = new LiveAnswer({
          id: answerId,
          api: this.#options.api,
          ...(answer === undefined ? { isMissing: true } : { state: answerStateOf(answer) }),
          onEnd: this.#options.onAnswerEnd,
        });
        this.#answers.set(answerId, live);
      }
      return live;
    };
    if (answer?.status === "running") answerOf();
    return {
      id: answerId,
      parentId,
      question,
      askedAt,
      route: answer?.route,
      isAboutProject: project !== undefined,
      sent: project,
      versions,
      get answer() {
        return answerOf();
      },
    };
  }
}

/** The default route needs no name: it is what is asked without one. */
function routeOf(turn: Turn | undefined): string | undefined {
  return turn?.route === "default" ? undefined : turn?.route;
}

/** Chosen here, so that sending a question twice asks once; pages from plain http have no `crypto.randomUUID`. */
function randomAnswerId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
