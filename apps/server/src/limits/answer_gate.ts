import type { Principal } from "../auth/principal.ts";
import { mayAsk } from "../auth/principal.ts";
import type { LimitsConfig } from "../config/limits.ts";
import { FailureError } from "../failure_error.ts";
import type { KeyRing } from "../keys/mod.ts";
import type { Spending } from "../storage/mod.ts";
import type { LimitStore, RequestRate } from "./limit_store.ts";
import { BUSY_WAIT_MS, budgetUsedUp, routeNotAllowed, tooMany } from "./refusals.ts";

/** Lateness of the event loop from which on no new answer is begun, in milliseconds. */
const OVERLOADED_MS = 1_000;

/** An answer that wants to begin. */
export interface Candidate {
  answerId: string;
  route: string;
  /** Answers that its request asks for in all, where it is the first of them; 0 for the others. */
  requested: number;
}

export interface AnswerGateOptions {
  store: LimitStore;
  keys: Pick<KeyRing, "usedUp" | "spend">;
  /** Read anew each time, since the configuration can be reloaded. */
  limits: () => LimitsConfig;
  /** Answers that are carried now, whoever asked. */
  running: () => number;
  /** By how much the event loop is late, in milliseconds. */
  lagMs: () => number;
  /** Told of what could not be counted: an answer goes on, and ends, all the same. */
  onUncounted: (error: unknown, answerId: string) => void;
}

/**
 * The one place that every new answer passes, whichever door its question came through.
 *
 * It refuses before anything is written or asked. Attaching to an answer, watching and cancelling do not pass here: what runs
 * is never harmed by a limit.
 */
export class AnswerGate {
  readonly #options: AnswerGateOptions;

  constructor(options: AnswerGateOptions) {
    this.#options = options;
  }

  /**
   * Lets an answer begin; `ended()` or `abandoned()` must follow.
   *
   * @throws {FailureError} `busy`, `forbidden`, `budget-exhausted` or `too-many-requests`.
   */
  async admit(principal: Principal, { answerId, route, requested }: Candidate): Promise<void> {
    const { store, keys, limits } = this.#options;
    this.#checkLoad(requested);
    const { id } = principal;
    if (!mayAsk(principal, route)) throw routeNotAllowed(route);
    const usedUp = keys.usedUp(principal);
    if (usedUp !== undefined) throw budgetUsedUp(usedUp);
    if (isUnlimited(principal)) return;

    const { concurrentAnswers, requestsPerMinute, tokensPerMinute } = limitsOf(principal, limits());
    if (tokensPerMinute > 0) {
      const waitMs = await store.waitForUse(id, tokensPerMinute);
      if (waitMs > 0) throw tooMany("tokens", tokensPerMinute, waitMs);
    }
    // The first of several answers needs room for all, so that none begins in vain.
    const room = concurrentAnswers - Math.max(0, requested - 1);
    if (!(await store.enter(id, answerId, room))) throw tooMany("concurrent", concurrentAnswers, BUSY_WAIT_MS);
    if (requestsPerMinute === 0 || requested === 0) return;
    const { isTaken, waitMs } = await store.take(id, requestsPerMinute);
    if (isTaken) return;
    await store.leave(id, answerId);
    throw tooMany("requests", requestsPerMinute, waitMs);
  }

  /** What is left to a caller in this minute; `undefined` for one without such a limit. */
  async rateOf(principal: Principal): Promise<RequestRate | undefined> {
    if (isUnlimited(principal)) return undefined;
    const { requestsPerMinute: limit } = limitsOf(principal, this.#options.limits());
    return limit === 0 ? undefined : { limit, ...(await this.#options.store.level(principal.id, limit)) };
  }

  /** An answer is carried: one that was taken up after a crash counts again, whatever the limit. */
  async carried(owner: string, answerId: string): Promise<void> {
    await this.#count(answerId, (store) => store.enter(owner, answerId, Number.POSITIVE_INFINITY));
  }

  /** An answer was let in and did not begin, or nobody here carries it any more. */
  async abandoned(owner: string, answerId: string): Promise<void> {
    await this.#count(answerId, (store) => store.leave(owner, answerId));
  }

  /** An answer has ended, and this is what it used up. */
  async ended(owner: string, answerId: string, spending: Spending): Promise<void> {
    await this.#count(answerId, async (store) => {
      await store.leave(owner, answerId);
      if (spending.tokens > 0) await store.use(owner, spending.tokens);
    });
    await this.#options.keys.spend(owner, spending);
  }

  /** What is counted for a minute is soon forgotten anyhow: no answer may suffer from a store that is away. */
  async #count(answerId: string, count: (store: LimitStore) => Promise<unknown>): Promise<void> {
    try {
      await count(this.#options.store);
    } catch (error) {
      this.#options.onUncounted(error, answerId);
    }
  }

  #checkLoad(requested: number): void {
    const { limits, running, lagMs } = this.#options;
    const isFull = running() + Math.max(1, requested) > limits().answersInAll;
    if (isFull || lagMs() > OVERLOADED_MS) throw new FailureError("busy", { retryAfterMs: BUSY_WAIT_MS });
  }
}

/** The operator's own key: nothing but the load of the server limits it. */
function isUnlimited({ kind, grant }: Principal): boolean {
  return kind === "key" && grant === undefined;
}

function limitsOf({ grant }: Principal, limits: LimitsConfig) {
  const own = grant?.limits;
  return {
    concurrentAnswers: own?.concurrentAnswers ?? limits.answersEach,
    requestsPerMinute: own?.requestsPerMinute ?? limits.requestsPerMinute,
    tokensPerMinute: own?.tokensPerMinute ?? limits.tokensPerMinute,
  };
}
