import { FailureError, type FailureInfo } from "@cogniforge/client";
import { answerStateOf } from "#lib/answer/answer_of_view.ts";
import { LiveAnswer } from "#lib/answer/live_answer.svelte.ts";
import type { ConsoleApi, TurnView } from "#lib/api/console_api.ts";

export interface Turn {
  readonly question: string;
  /** Epoch milliseconds. */
  readonly askedAt: number;
  readonly answer: LiveAnswer;
}

export interface ConversationOptions {
  api: Pick<ConsoleApi, "ask" | "watch" | "cancel" | "getConversation">;
  /** A question opened a new conversation, or went on with the one that is open. */
  onAsked?: (conversationId: string) => void;
  onAnswerEnd?: (answer: LiveAnswer) => void;
}

/** The conversation that is open: its turns, and what can be done in it. */
export class Conversation {
  readonly #options: ConversationOptions;
  #id = $state<string | undefined>();
  #opening = 0;
  turns = $state.raw<readonly Turn[]>([]);
  phase = $state<"new" | "loading" | "ready" | "failed">("new");
  failure = $state.raw<FailureInfo | undefined>();

  readonly last: LiveAnswer | undefined = $derived(this.turns.at(-1)?.answer);
  readonly isAnswering = $derived(this.last?.isLive ?? false);

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  get id(): string | undefined {
    return this.#id;
  }

  /** Shows another conversation, or a new one; what is open already stays as it is. */
  async open(id: string | undefined): Promise<void> {
    if (id === this.#id && this.phase !== "failed") return;
    this.close();
    this.#id = id;
    if (id === undefined) return;
    const opening = this.#opening;
    this.phase = "loading";
    try {
      const view = await this.#options.api.getConversation(id);
      if (opening !== this.#opening) return;
      this.turns = view.turns.map((turn) => this.#turnOf(turn));
      this.phase = "ready";
      for (const { answer } of this.turns) if (answer.isLive) void answer.watch();
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      if (opening !== this.#opening) return;
      this.failure = error.info;
      this.phase = "failed";
    }
  }

  /** Stops watching; answers that run go on without a reader. */
  close(): void {
    this.#opening += 1;
    for (const { answer } of this.turns) answer.leave();
    this.turns = [];
    this.failure = undefined;
    this.phase = "new";
    this.#id = undefined;
  }

  /** Asks and follows the answer to its end. */
  async ask(question: string): Promise<void> {
    if (this.isAnswering) return;
    const answer = new LiveAnswer({ id: randomAnswerId(), api: this.#options.api, onEnd: this.#options.onAnswerEnd });
    this.turns = [...this.turns, { question, askedAt: Date.now(), answer }];
    await this.#send(question, answer);
  }

  /** Goes on with an answer that could not be sent or read, or asks the question of a failed one again. */
  async retry({ question, answer }: Turn): Promise<void> {
    if (answer.phase !== "unreachable") return this.ask(question);
    answer.restart();
    // The same id: whatever reached the server the first time is not asked twice.
    await this.#send(question, answer);
  }

  async #send(question: string, answer: LiveAnswer): Promise<void> {
    const opening = this.#opening;
    try {
      const { conversationId } = await this.#options.api.ask({
        answerId: answer.id,
        question,
        ...(this.#id === undefined ? {} : { conversationId: this.#id }),
      });
      if (conversationId !== undefined && opening === this.#opening) {
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

  #turnOf({ question, askedAt, answerId, answer }: TurnView): Turn {
    return {
      question,
      askedAt,
      answer: new LiveAnswer({
        id: answerId,
        api: this.#options.api,
        ...(answer === undefined ? { isMissing: true } : { state: answerStateOf(answer) }),
        onEnd: this.#options.onAnswerEnd,
      }),
    };
  }
}

/** Chosen here, so that sending a question twice asks once; pages from plain http have no `crypto.randomUUID`. */
function randomAnswerId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
