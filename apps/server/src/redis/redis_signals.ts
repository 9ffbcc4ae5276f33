import { randomUUID } from "node:crypto";
import type { RedisConnection } from "./redis_connection.ts";

/** What one replica says to all others. */
interface Signal {
  kind: string;
  /** Who says it. */
  from: string;
  /** Where a reply is awaited: the number of the question. */
  question?: number;
  body: unknown;
}

interface Reply {
  question: number;
  isDone: boolean;
}

/** Does what is asked; `false`: this replica can't. */
export type SignalHandler = (body: unknown) => boolean | undefined;

export interface RedisSignalsOptions {
  /** Stays open after the signals are closed. */
  connection: RedisConnection;
  /** Before all names in Redis. */
  prefix?: string;
  /** How long a reply is waited for, in milliseconds. */
  waitMs?: number;
  /** The connection was away, or is new: what was told meanwhile is lost. */
  onMissed?: () => void;
}

/**
 * What replicas say to each other: "cancel this answer", "this breaker is open", "this conversation changed".
 *
 * All hear all, as such signals are rare and nobody has to know then who carries what. They are hints: nothing that must hold may
 * rest on one.
 */
export class RedisSignals {
  readonly #connection: RedisConnection;
  readonly #everybody: string;
  readonly #self: string;
  readonly #waitMs: number;
  readonly #handlers = new Map<string, SignalHandler>();
  readonly #questions = new Map<number, (isDone: boolean) => void>();
  readonly #stops: (() => void)[];
  #asked = 0;

  constructor({ connection, prefix = "cogniforge:", waitMs = 1_000, onMissed = () => {} }: RedisSignalsOptions) {
    this.#connection = connection;
    this.#everybody = `${prefix}{signals}`;
    this.#self = `${prefix}{signals:${randomUUID()}}`;
    this.#waitMs = waitMs;
    this.#stops = [
      connection.listen(this.#everybody, { hear: (text) => this.#hear(text), onHeard: onMissed }),
      connection.listen(this.#self, { hear: (text) => this.#hearReply(text), onHeard() {} }),
    ];
  }

  /** What this replica does on signals of a kind; one handler for each. */
  on(kind: string, handler: SignalHandler): void {
    this.#handlers.set(kind, handler);
  }

  /** Tells all other replicas. @throws {StorageFaultError} If Redis can't be reached. */
  async tell(kind: string, body: unknown): Promise<void> {
    await this.#say({ kind, from: this.#self, body });
  }

  /**
   * Asks all other replicas for something that at most one can do.
   *
   * @returns Whether one has done it; `false` also where nobody replied in time.
   * @throws {StorageFaultError} If Redis can't be reached.
   */
  async ask(kind: string, body: unknown): Promise<boolean> {
    this.#asked += 1;
    const question = this.#asked;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    // Replies may come before it is known how many there will be.
    let [replied, expected] = [0, Number.POSITIVE_INFINITY];
    this.#questions.set(question, (isDone) => {
      replied += 1;
      if (isDone || replied >= expected) resolve(isDone);
    });
    const timer = setTimeout(() => resolve(false), this.#waitMs);
    try {
      // This one hears itself too.
      expected = (await this.#say({ kind, from: this.#self, question, body })) - 1;
      if (replied >= expected) resolve(false);
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#questions.delete(question);
    }
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  /** Resolves to how many heard it, this one included. */
  async #say(signal: Signal): Promise<number> {
    const { publishCommand } = this.#connection;
    return Number(
      await this.#connection.send(this.#everybody, [publishCommand, this.#everybody, JSON.stringify(signal)]),
    );
  }

  #hear(text: string): void {
    const { kind, from, question, body } = JSON.parse(text) as Signal;
    if (from === this.#self) return;
    const isDone = this.#handle(kind, body);
    if (question === undefined) return;
    const reply: Reply = { question, isDone };
    // Whoever asked waits no longer than a second: a reply that can't be sent needs no second try.
    this.#connection.send(from, [this.#connection.publishCommand, from, JSON.stringify(reply)]).catch(() => {});
  }

  /** A handler's fault is told by whoever made it; to the one who asked it means that nothing was done. */
  #handle(kind: string, body: unknown): boolean {
    try {
      return this.#handlers.get(kind)?.(body) ?? false;
    } catch {
      return false;
    }
  }

  #hearReply(text: string): void {
    const { question, isDone } = JSON.parse(text) as Reply;
    this.#questions.get(question)?.(isDone);
  }
}
