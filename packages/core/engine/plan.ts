import type { AttemptReason } from "../events/mod.ts";
import type { FailureCode, UpstreamFailure } from "../failures/mod.ts";
import { backoffMs } from "../resilience/mod.ts";
import type { Route, Target } from "./route.ts";

/** The next attempt: what to ask, why, and how long to wait before. */
export interface Step {
  target: Target;
  why: AttemptReason;
  waitMs: number;
}

interface Candidate {
  target: Target;
  retries: number;
  /** Monotonic milliseconds before which it is not asked. */
  readyAt: number;
  isOut: boolean;
}

export interface PlanOptions {
  /** Monotonic milliseconds. */
  now: () => number;
  /** A number from 0 (inclusive) to 1 (exclusive). */
  random: () => number;
  /** Monotonic milliseconds after which no attempt may begin. */
  deadline: number;
  /** Whether a target's breaker lets it be asked in its place; others come last, but are not left out. */
  isAvailable: (target: Target) => boolean;
  /** Attempts that were made before this plan: an answer that ends its process again and again must come to an end itself. */
  made: number;
  /** Takes one retry out of the budget that all answers share; asked only where another target could be asked instead. */
  mayRetry: () => boolean;
}

/** Failures that a second try mends rarely: one retry is enough to know. */
const RETRIED_ONCE: ReadonlySet<FailureCode> = new Set(["empty-answer", "invalid-tool-call", "malformed", "cut"]);

/** Failures that another target mends sooner, but that may have passed when no other target is left. */
const MAY_PASS: ReadonlySet<FailureCode> = new Set(["network", "upstream-timeout", "dependency"]);

/** An answer that needs more attempts than this is beyond help, and each one is paid for. */
const MOST_ATTEMPTS = 24;

/**
 * Which target is asked next, in the route's order.
 *
 * A target that may be retried is, after a backoff, until its retries are used up; one that asked for a wait is left for another
 * that is ready, and taken up again when its time has come and nothing else is left; so is one that could not be reached. One
 * that was silent, refused the key or has no such model is not asked again for this answer.
 */
export class Plan {
  readonly #candidates: Candidate[];
  readonly #maxRetries: number;
  readonly #options: PlanOptions;
  #current: Candidate | undefined;
  #attempts: number;

  constructor(route: Route, options: PlanOptions) {
    this.#maxRetries = route.maxRetries;
    this.#options = options;
    this.#attempts = options.made;
    this.#candidates = route.targets.map((target) => ({
      target,
      retries: 0,
      readyAt: 0,
      isOut: false,
    }));
  }

  /** The first attempt; `undefined` for a route without targets. */
  first(why: AttemptReason = "first"): Step | undefined {
    if (this.#attempts >= MOST_ATTEMPTS) return undefined;
    this.#current = this.#inOrder()[0];
    return this.#current && { target: this.#current.target, why, waitMs: 0 };
  }

  /**
   * What follows a failure; `undefined` when no target is left, or none that would be ready before the deadline.
   *
   * A target that brought the answer on before it failed is not on its last legs: its retries count anew.
   */
  after(failure: UpstreamFailure, { hasProgressed = false } = {}): Step | undefined {
    const failed = this.#current;
    this.#attempts++;
    if (failed === undefined || failure.action === "tell" || this.#attempts >= MOST_ATTEMPTS) return undefined;
    if (hasProgressed) failed.retries = 0;
    const now = this.#options.now();
    this.#judge(failed, failure, now);
    const next = this.#pick(failed, failure, now);
    if (next === undefined || next.readyAt > this.#options.deadline) return undefined;
    const isSame = next === failed;
    this.#current = next;
    return { target: next.target, why: isSame ? "retry" : "fallback", waitMs: Math.max(0, next.readyAt - now) };
  }

  /** The current target once more, to go on past its ceiling of tokens; `undefined` when that has been done often enough. */
  again(): Step | undefined {
    this.#attempts++;
    if (this.#current === undefined || this.#attempts >= MOST_ATTEMPTS) return undefined;
    return { target: this.#current.target, why: "continuation", waitMs: 0 };
  }

  /** What follows when the current target can't be asked at all; `undefined` when no target is left. */
  without(): Step | undefined {
    return this.after({ code: "unsupported-feature", action: "fallback" });
  }

  /** The target for a hedge: the next one that is ready; `undefined` if there is none. */
  hedge(): Step | undefined {
    const now = this.#options.now();
    const next = this.#inOrder().find(
      (candidate) =>
        candidate !== this.#current && candidate.readyAt <= now && this.#options.isAvailable(candidate.target),
    );
    return next && { target: next.target, why: "hedge", waitMs: 0 };
  }

  /** Says which target decided a race; the one that failed beside it is not asked again. */
  settle(decisive: Target, failed: Target | undefined): void {
    for (const candidate of this.#candidates) {
      if (candidate.target === decisive) this.#current = candidate;
      if (candidate.target === failed) candidate.isOut = true;
    }
  }

  /** The candidates that are left: the route's order, those with an open breaker last, and trial answers after all others. */
  #inOrder(): Candidate[] {
    const rankOf = ({ target }: Candidate) =>
      (target.provider.isTrial ? 2 : 0) + (this.#options.isAvailable(target) ? 0 : 1);
    const ranked = this.#candidates.filter(({ isOut }) => !isOut).map((one) => ({ one, rank: rankOf(one) }));
    return ranked.toSorted((a, b) => a.rank - b.rank).map(({ one }) => one);
  }

  /** Those that are left, without trial answers as long as a target with a model behind it can still be asked in time. */
  #worthAsking(): Candidate[] {
    const left = this.#inOrder();
    const real = left.filter(({ target }) => !target.provider.isTrial);
    return real.some(({ readyAt }) => readyAt <= this.#options.deadline) ? real : left;
  }

  #judge(failed: Candidate, failure: UpstreamFailure, now: number): void {
    const limit = RETRIED_ONCE.has(failure.code) ? Math.min(1, this.#maxRetries) : this.#maxRetries;
    const isHopeless = failure.action === "fallback" && !MAY_PASS.has(failure.code);
    if (isHopeless || failed.retries >= limit) {
      failed.isOut = true;
      return;
    }
    failed.retries++;
    failed.readyAt = now + (failure.retryAfterMs ?? backoffMs(failed.retries, this.#options.random()));
  }

  #pick(failed: Candidate, failure: UpstreamFailure, now: number): Candidate | undefined {
    const left = this.#worthAsking();
    const others = left.filter((candidate) => candidate !== failed);
    // A short backoff of our own is worth waiting for on the same target; a wait that the upstream asked for is not, while
    // another target is ready; nor is a retry that would only add to an outage, or that has little hope.
    const isWorthWaiting = failure.action === "retry" && !failed.isOut && !failure.retryAfterMs;
    if (isWorthWaiting && others.length === 0) return failed;
    if (isWorthWaiting && this.#options.isAvailable(failed.target) && this.#options.mayRetry()) return failed;
    const ready = others.find((candidate) => candidate.readyAt <= now);
    return ready ?? left.toSorted((a, b) => a.readyAt - b.readyAt)[0];
  }
}
