import type { PrefillMemory } from "../continuation/mod.ts";
import { VolatilePrefillMemory } from "../continuation/mod.ts";
import type { AnswerState } from "../events/mod.ts";
import { EMPTY_ANSWER_STATE } from "../events/mod.ts";
import type { Journal, JournalEntry, JournalHeader, Lease } from "../journal/mod.ts";
import { LeaseLostError } from "../journal/mod.ts";
import type { StreamObserver } from "../metrics/mod.ts";
import type { Clock } from "../resilience/mod.ts";
import { systemClock } from "../resilience/mod.ts";
import { runAnswer } from "./answer_run.ts";
import { AnswerWriter } from "./answer_writer.ts";
import type { Ask } from "./ask.ts";
import { askSchema } from "./ask.ts";
import { EndedByEngine } from "./ended.ts";
import { type Sha256, webSha256 } from "./facts.ts";
import { LeaseRounds } from "./lease_rounds.ts";
import type { Past } from "./past.ts";
import { readPast } from "./past.ts";
import type { Resilience } from "./resilience.ts";
import { createResilience } from "./resilience.ts";
import type { Route, RouteResolver } from "./route.ts";

export interface EngineOptions {
  journal: Journal;
  resolveRoute: RouteResolver;
  /** Unique for each running process. */
  holder: string;
  clock?: Clock;
  random?: () => number;
  /** What is known of the targets' ability to go on; by default forgotten with the engine. */
  prefillMemory?: PrefillMemory;
  /** What this engine's answers share; its own by default. */
  resilience?: Resilience;
  /** Lifetime of a lease in milliseconds; renewed well before half of it is over. */
  leaseTtlMs?: number;
  /** Told of every piece of text on its way. */
  observer?: StreamObserver;
  /** A digest that is quicker than the web's, where the runtime has one. */
  sha256?: Sha256;
  /** Called once for each answer that this engine begins or takes up. */
  onStart?: (header: JournalHeader) => void;
  /** Called once for each answer that this engine carried to its end, after the terminal event is durable. */
  onEnd?: (header: JournalHeader, state: AnswerState) => void | Promise<void>;
  /** Told of a fault that is nobody's answer: a store that refused, a hook that threw. */
  onError?: (error: unknown, answerId: string | undefined, header?: JournalHeader) => void;
}

interface Running {
  header: JournalHeader;
  writer: AnswerWriter;
  abort: AbortController;
  done: Promise<void>;
}

/** Which answer to begin, and what to ask. */
export interface StartRequest {
  answerId: string;
  owner: string;
  ask: Ask;
}

const DEFAULT_LEASE_TTL_MS = 10_000;
const RECOVERY_BATCH = 50;

/** Carries answers: begins them, keeps their leases, cancels them, and takes up those whose holder died. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #clock: Clock;
  readonly #leaseTtlMs: number;
  readonly #running = new Map<string, Running>();
  readonly #memory: PrefillMemory;
  readonly #resilience: Resilience;
  readonly #leases: LeaseRounds<Running>;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#resilience = options.resilience ?? createResilience(this.#clock, options.random);
    this.#memory = options.prefillMemory ?? new VolatilePrefillMemory();
    this.#leaseTtlMs = options.leaseTtlMs ?? DEFAULT_LEASE_TTL_MS;
    this.#leases = new LeaseRounds({
      clock: this.#clock,
      ttlMs: this.#leaseTtlMs,
      renew: (running) => this.#renew(running),
    });
  }

  /** How many answers this engine carries right now. */
  get running(): number {
    return this.#running.size;
  }

  /** Whether this engine carries the answer right now. */
  isRunning(answerId: string): boolean {
    return this.#running.has(answerId);
  }

  /** What the journal has of an answer that this engine carries right now, without asking it. */
  find(answerId: string): JournalEntry | undefined {
    const running = this.#running.get(answerId);
    if (running === undefined) return undefined;
    const { seq, end } = running.writer.state;
    return { header: running.header, lastSeq: seq, isEnded: end !== undefined };
  }

  /**
   * Begins an answer; resolves when it is accepted durably. An id that exists begins nothing: its entry is returned.
   *
   * @throws {RangeError} If the ask names no route that exists.
   */
  async start(request: StartRequest): Promise<{ created: true } | { created: false; entry: JournalEntry }> {
    const { answerId, owner, ask } = request;
    const route = this.#options.resolveRoute(ask.route);
    if (route === undefined) throw new RangeError(`Cannot start an answer as there is no route: ${ask.route}`);
    const header: JournalHeader = { answerId, owner, createdAt: this.#clock.wallTime(), ask };
    const made = await this.#options.journal.create(header, { holder: this.#options.holder, ttlMs: this.#leaseTtlMs });
    if (!made.created) return made;
    this.#carry(header, ask, route, made.lease);
    return { created: true };
  }

  /** Stops an answer that this engine carries; `false` if it carries none of that id. */
  cancel(answerId: string): boolean {
    const running = this.#running.get(answerId);
    running?.abort.abort(new EndedByEngine("cancelled"));
    return running !== undefined;
  }

  /** Takes up answers whose lease has expired; resolves to how many. Call it at the start, and now and then. */
  async recover(): Promise<number> {
    // First our own: a process that was held up for long must not take its answers from itself.
    await this.#leases.catchUp();
    const { journal, holder } = this.#options;
    let recovered = 0;
    for (;;) {
      const leases = await journal.takeExpired({ holder, ttlMs: this.#leaseTtlMs, limit: RECOVERY_BATCH });
      for (const lease of leases) await this.#takeUp(lease);
      recovered += leases.length;
      if (leases.length < RECOVERY_BATCH) return recovered;
    }
  }

  /**
   * Lets running answers finish, for at most `graceMs`; what still runs then is left to whoever takes its lease.
   */
  async close(graceMs: number): Promise<void> {
    const grace = Promise.withResolvers<void>();
    const cancel = this.#clock.setTimer(() => grace.resolve(), graceMs);
    await Promise.race([Promise.all([...this.#running.values()].map(({ done }) => done)), grace.promise]);
    cancel();
    const left = [...this.#running.values()];
    for (const { abort } of left) abort.abort(new EndedByEngine("interrupted"));
    await Promise.all(left.map(({ done }) => done));
    this.#leases.close();
  }

  async #takeUp(lease: Lease): Promise<void> {
    const { journal, resolveRoute, onError } = this.#options;
    let header: JournalHeader | undefined;
    try {
      const entry = await journal.find(lease.answerId);
      if (entry === undefined) return;
      header = entry.header;
      const ask = askSchema.parse(entry.header.ask);
      const past = await readPast(journal, lease.answerId, this.#clock);
      // A route that the configuration has lost meanwhile has no targets: the answer ends with a failure that says so.
      const route = resolveRoute(ask.route) ?? lostRoute(ask.route, past.state);
      this.#carry(entry.header, ask, route, lease, past);
    } catch (error) {
      // One journal that can't be read must not keep the others from being finished.
      onError?.(error, lease.answerId, header);
    }
  }

  #carry(header: JournalHeader, ask: Ask, route: Route, lease: Lease, past?: Past): void {
    const { answerId } = header;
    const { journal, random = Math.random, sha256 = webSha256, observer, onEnd, onError } = this.#options;
    const writer = new AnswerWriter(journal, lease, past?.state ?? EMPTY_ANSWER_STATE, () => this.#clock.wallTime());
    const abort = new AbortController();
    const policy = ask.onCut === undefined ? route : { ...route, onCut: ask.onCut };
    this.#options.onStart?.(header);
    const carry = async () => {
      try {
        await runAnswer({
          answerId,
          ask,
          route: policy,
          writer,
          clock: this.#clock,
          random,
          signal: abort.signal,
          memory: this.#memory,
          resilience: this.#resilience,
          sha256,
          observer,
          past,
        });
        await onEnd?.(header, writer.state);
      } catch (error) {
        // Somebody else has the answer now, or the store refuses to take it: either way its journal is not ours to end.
        if (error instanceof EndedByEngine) await this.#giveUp(writer, header);
        else onError?.(error, answerId, header);
      } finally {
        this.#leases.drop(running);
        if (this.#running.get(answerId) === running) this.#running.delete(answerId);
      }
    };
    const running: Running = { header, writer, abort, done: Promise.resolve() };
    this.#running.set(answerId, running);
    this.#leases.add(running);
    running.done = carry();
  }

  /** Lets a lease expire at once, so that nobody has to wait for its end. */
  async #giveUp(writer: AnswerWriter, header: JournalHeader): Promise<void> {
    try {
      await this.#options.journal.renew(writer.lease, 0);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) this.#options.onError?.(error, header.answerId, header);
    }
  }

  async #renew(running: Running): Promise<void> {
    try {
      running.writer.renewed(await this.#options.journal.renew(running.writer.lease, this.#leaseTtlMs));
    } catch (error) {
      if (error instanceof LeaseLostError) running.abort.abort(new EndedByEngine("interrupted"));
      else this.#options.onError?.(error, running.header.answerId, running.header);
    }
  }
}

function lostRoute(name: string, state: AnswerState): Route {
  const timeouts = state.start?.policy.timeouts ?? { connectMs: 1, firstTokenMs: 1, idleMs: 1, totalMs: 1 };
  return { name, targets: [], timeouts, maxRetries: 0, hedgeAfterMs: null, onCut: "fail" };
}
