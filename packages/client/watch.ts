import type { AnswerEvent, AnswerState } from "@cogniforge/core/events";
import { linkedController } from "./abort.ts";
import type { AnswerReader } from "./answer_reader.ts";
import { ConnectionError, DisagreementError, FailureError, isTransient } from "./errors.ts";
import { type ConnectionReport, Ladder, type TransportMemory } from "./ladder.ts";
import { Lifeline } from "./lifeline.ts";
import { Patience, type Surroundings } from "./patience.ts";
import type { ConnectionPolicy } from "./policy.ts";
import type { Transport, TransportName } from "./transports/transport.ts";

/**
 * How the connection does, for people to see.
 *
 * - `connecting`: the first try.
 * - `active`: the server was heard on this transport.
 * - `reconnecting`: nothing is lost; the rest follows as soon as a transport works again.
 */
export interface TransportState {
  transport: TransportName;
  state: "connecting" | "active" | "reconnecting";
}

/** Options of `watch`. */
export interface WatchOptions {
  /** Position to go on after; absent means from the beginning. */
  cursor?: string | undefined;
  /** What the caller has up to `cursor`; with it the whole text is checked at the end, without it only what follows. */
  state?: AnswerState | undefined;
  /** Ends the watching, never the answer; the iteration throws the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Is told when the transport or its state changes. */
  onTransport?: ((state: TransportState) => void) | undefined;
}

/** What watching needs from its client. */
export interface WatchContext {
  transports: readonly Transport[];
  memory: TransportMemory;
  policy: ConnectionPolicy;
  surroundings: Surroundings;
}

/** Why the client itself ended a connection. */
const SILENCE = new Error("The connection was silent for too long");
const NETWORK_CHANGE = new Error("The network came back");

interface Ended extends ConnectionReport {
  error?: unknown;
}

/** Follows one answer to its end, over as many connections as it takes. */
export class Watch {
  readonly #answerId: string;
  readonly #reader: AnswerReader;
  readonly #context: WatchContext;
  readonly #ladder: Ladder;
  readonly #patience: Patience;
  readonly #signal: AbortSignal;
  readonly #onTransport: (state: TransportState) => void;
  #told: TransportState | undefined;

  constructor(
    answerId: string,
    reader: AnswerReader,
    context: WatchContext,
    { signal, onTransport }: { signal: AbortSignal; onTransport?: ((state: TransportState) => void) | undefined },
  ) {
    this.#answerId = answerId;
    this.#reader = reader;
    this.#context = context;
    this.#ladder = new Ladder(
      context.transports.map(({ name }) => name),
      context.memory,
    );
    this.#patience = new Patience(context.policy, context.surroundings);
    this.#signal = signal;
    this.#onTransport = onTransport ?? (() => {});
  }

  /** Yields what the reader does not have yet; returns after `answer-end`. */
  async *events(): AsyncGenerator<AnswerEvent, void, undefined> {
    this.#tell("connecting");
    while (!this.#reader.isEnded) {
      this.#signal.throwIfAborted();
      const ended = yield* this.#follow(this.#transport);
      if (!this.#reader.isEnded) await this.#decide(ended);
    }
  }

  get #transport(): Transport {
    const { current } = this.#ladder;
    const transport = this.#context.transports.find(({ name }) => name === current);
    if (transport === undefined) throw new RangeError(`Cannot connect as there is no transport '${current}'`);
    return transport;
  }

  /** One connection, from opening to its end, however it ends. */
  async *#follow(transport: Transport): AsyncGenerator<AnswerEvent, Ended, undefined> {
    const { surroundings, policy } = this.#context;
    const { controller, unlink } = linkedController(this.#signal);
    const onOnline = () => controller.abort(NETWORK_CHANGE);
    const lifeline = new Lifeline({
      clock: surroundings.clock,
      firstLifeMs: policy.firstLifeMs,
      silenceMs: policy.silenceMs,
      onFirstLife: () => {
        this.#ladder.live();
        this.#tell("active");
      },
      onSilence: () => controller.abort(SILENCE),
    });
    let hasNews = false;
    const report = (error?: unknown): Ended => ({
      hasLived: lifeline.hasLived,
      hasNews,
      isSilent: error === SILENCE,
      error,
    });
    surroundings.network?.addEventListener("online", onOnline);
    try {
      const { cursor } = this.#reader;
      const request = { answerId: this.#answerId, cursor, signal: controller.signal, lifeline };
      for await (const { events, cursor } of transport.connect(request)) {
        lifeline.pause();
        if (events.length === 0) hasNews = true;
        for (const event of events) {
          const fresh = await this.#reader.take(event);
          if (fresh.length > 0) hasNews = true;
          yield* fresh;
        }
        this.#reader.moveTo(cursor);
        if (this.#reader.isEnded) break;
        lifeline.resume();
      }
      return report();
    } catch (error) {
      this.#signal.throwIfAborted();
      return report(controller.signal.aborted ? controller.signal.reason : error);
    } finally {
      surroundings.network?.removeEventListener("online", onOnline);
      lifeline.stop();
      unlink();
    }
  }

  /** What to do after a connection that did not bring the end. */
  async #decide(ended: Ended): Promise<void> {
    const { error } = ended;
    if (error === NETWORK_CHANGE) {
      this.#patience.restore();
      this.#tell("reconnecting");
      return;
    }
    if (this.#mustRestart(error)) {
      this.#reader.restart();
      return;
    }
    if (!isTransient(error)) throw error;
    // The server answered, with a failure of its own: no transport is to blame for that.
    const isServers = error instanceof FailureError && !(error instanceof ConnectionError);
    if (ended.hasLived && !isServers) this.#patience.restore();
    const before = this.#ladder.current;
    const next = isServers ? "outage" : this.#ladder.end(ended);
    const isServed = error === undefined && ended.hasNews && before === "polling" && this.#ladder.current === before;
    if (!isServed) this.#tell(next === "outage" || ended.hasLived ? "reconnecting" : this.#lastState);
    if (next === "outage") await this.#patience.afterFailure(error, this.#signal);
  }

  /** Whether to read everything once more: what came is wrong, or the server no longer knows the cursor that it gave. */
  #mustRestart(error: unknown): boolean {
    if (this.#reader.restarts > 0) return false;
    if (error instanceof DisagreementError) return true;
    return error instanceof FailureError && error.code === "invalid-cursor" && this.#reader.hasServersCursor;
  }

  get #lastState(): "connecting" | "reconnecting" {
    return this.#told?.state === "connecting" ? "connecting" : "reconnecting";
  }

  #tell(state: TransportState["state"]): void {
    const transport = this.#ladder.current;
    if (this.#told?.transport === transport && this.#told.state === state) return;
    this.#told = { transport, state };
    this.#onTransport(this.#told);
  }
}
