import type { Clock } from "./clock.ts";
import { SlidingCount } from "./sliding_count.ts";

/** `closed`: asked as usual; `open`: not asked while another can be; `half-open`: one call at a time may try it. */
export type BreakerState = "closed" | "open" | "half-open";

/** When a breaker opens, and for how long. Times in milliseconds. */
export interface BreakerPolicy {
  /** Failures in a row that open it. */
  failuresInRow: number;
  /** Share of failures among the window's calls that opens it, above 0 to 1. */
  failureRate: number;
  /** Calls that the window must hold before its share of failures says anything. */
  minCalls: number;
  windowMs: number;
  /** How long it is open at first; doubled with each failed probe. */
  openMs: number;
  maxOpenMs: number;
  /** After this long, a probe that has not reported no longer keeps the next one waiting. */
  probeMs: number;
}

/** A target that recovers is asked again within 30 s: at most one failed probe and one longest opening pass before. */
export const DEFAULT_BREAKER: BreakerPolicy = {
  failuresInRow: 5,
  failureRate: 0.5,
  minCalls: 8,
  windowMs: 30_000,
  openMs: 2_000,
  maxOpenMs: 15_000,
  probeMs: 15_000,
};

/** No wait that an upstream asks for is honoured beyond this, unless the caller of `tripFor()` says so. */
const MAX_TRIP_MS = 60_000;

/** Share of an opening that jitter may take off, so that replicas which opened together do not probe together. */
const JITTER = 0.25;

export interface CircuitBreakerOptions {
  clock: Clock;
  /** A number from 0 (inclusive) to 1 (exclusive). */
  random: () => number;
  policy?: BreakerPolicy;
}

/** What a failure does beyond being counted. */
export interface FailedCallOptions {
  /** Opens the breaker at once, on its own schedule. */
  opensAtOnce?: boolean;
  /** Opens the breaker at once for this long, in milliseconds; not clamped. */
  openForMs?: number;
}

/** One call that a breaker watches. The first verdict counts, and any further one is ignored. */
export interface BreakerCall {
  /** It has begun to answer: the place of the probe is free for the next call. The verdict is still to come. */
  answering(): void;
  succeeded(): void;
  failed(options?: FailedCallOptions): void;
  /** It ended without saying anything about the target. */
  abandoned(): void;
}

interface Call {
  /** What a call says counts only in the round in which it began. */
  round: number;
  isProbe: boolean;
}

/**
 * Tells whether a target is worth asking, from how the last calls went.
 *
 * It forbids nothing: a call may begin in any state, since an open target is still better than none, and its success closes
 * the breaker. Time alone turns `open` into `half-open`; there is no timer.
 *
 * @see https://learn.microsoft.com/en-us/azure/architecture/patterns/circuit-breaker
 */
export class CircuitBreaker {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #policy: BreakerPolicy;
  readonly #calls: SlidingCount;
  readonly #failures: SlidingCount;
  #failuresInRow = 0;
  #failedProbes = 0;
  /** When a probe may begin, in monotonic milliseconds; `undefined` while closed. */
  #retryAt: number | undefined;
  #changedAt: number;
  #probe: { call: Call; until: number } | undefined;
  /** Grows with each opening and closing. */
  #round = 0;

  constructor({ clock, random, policy = DEFAULT_BREAKER }: CircuitBreakerOptions) {
    checkPolicy(policy);
    this.#clock = clock;
    this.#random = random;
    this.#policy = policy;
    this.#calls = new SlidingCount(clock, policy.windowMs);
    this.#failures = new SlidingCount(clock, policy.windowMs);
    this.#changedAt = clock.now();
  }

  get state(): BreakerState {
    if (this.#retryAt === undefined) return "closed";
    return this.#clock.now() < this.#retryAt ? "open" : "half-open";
  }

  /** When the state began, in monotonic milliseconds. */
  get since(): number {
    return this.state === "half-open" ? (this.#retryAt ?? this.#changedAt) : this.#changedAt;
  }

  /** While open, when a probe may begin, in monotonic milliseconds. */
  get retryAt(): number | undefined {
    return this.state === "open" ? this.#retryAt : undefined;
  }

  /** Whether a call may begin in its place of the order: closed, or half-open with the probe's place free. */
  get isAvailable(): boolean {
    const { state } = this;
    return state === "closed" || (state === "half-open" && this.#isProbeFree());
  }

  /** Begins a call, as the probe if one is due. */
  begin(): BreakerCall {
    const call: Call = { round: this.#round, isProbe: this.state === "half-open" && this.#isProbeFree() };
    if (call.isProbe) this.#probe = { call, until: this.#clock.now() + this.#policy.probeMs };
    let isSettled = false;
    const settle = (judge: () => void) => {
      if (isSettled) return;
      isSettled = true;
      this.#free(call);
      judge();
    };
    return {
      answering: () => this.#free(call),
      succeeded: () => settle(() => this.#succeeded(call)),
      failed: (options = {}) => settle(() => this.#failed(call, options)),
      abandoned: () => settle(() => {}),
    };
  }

  /**
   * Opens at once for `ms`; never shortens an opening.
   *
   * @param mostMs What `ms` is clamped to: an upstream may ask for a day.
   * @throws {RangeError} If `ms` is negative or no number.
   */
  tripFor(ms: number, mostMs: number = MAX_TRIP_MS): void {
    if (!(ms >= 0))
      throw new RangeError(`Cannot open a circuit breaker as 'ms' must be at least 0: current value is ${ms}`);
    const retryAt = this.#clock.now() + Math.min(ms, mostMs);
    if (this.state === "open") this.#retryAt = Math.max(this.#retryAt ?? 0, retryAt);
    else this.#open(retryAt);
  }

  /** Closes and forgets, also what calls that run now are going to say. */
  reset(): void {
    this.#close();
  }

  #succeeded(call: Call): void {
    if (call.round !== this.#round) return;
    if (this.#retryAt !== undefined) {
      this.#close();
      return;
    }
    this.#calls.add();
    this.#failuresInRow = 0;
  }

  #failed(call: Call, { opensAtOnce = false, openForMs }: FailedCallOptions): void {
    const isCurrent = call.round === this.#round;
    if (this.#retryAt !== undefined) {
      // Calls from before the opening tell of the same trouble, and one that was made in spite of it is no probe:
      // of them only the wait that the upstream asked for counts.
      const isFailedProbe = isCurrent && call.isProbe;
      if (isFailedProbe) this.#failedProbes++;
      if (openForMs !== undefined) this.tripFor(openForMs, openForMs);
      else if (isFailedProbe) this.#openOnSchedule();
      return;
    }
    if (!isCurrent) return;
    this.#calls.add();
    this.#failures.add();
    this.#failuresInRow++;
    if (openForMs !== undefined) this.tripFor(openForMs, openForMs);
    else if (opensAtOnce || this.#isTooMuch()) this.#openOnSchedule();
  }

  #isTooMuch(): boolean {
    const { failuresInRow, minCalls, failureRate } = this.#policy;
    if (this.#failuresInRow >= failuresInRow) return true;
    const calls = this.#calls.total;
    return calls >= minCalls && this.#failures.total >= failureRate * calls;
  }

  #openOnSchedule(): void {
    const { openMs, maxOpenMs } = this.#policy;
    const ms = Math.min(maxOpenMs, openMs * 2 ** this.#failedProbes);
    this.#open(this.#clock.now() + ms * (1 - JITTER * this.#random()));
  }

  #open(retryAt: number): void {
    this.#retryAt = retryAt;
    this.#change();
  }

  #close(): void {
    this.#retryAt = undefined;
    this.#failedProbes = 0;
    this.#change();
  }

  #change(): void {
    this.#changedAt = this.#clock.now();
    this.#round++;
    this.#probe = undefined;
    this.#failuresInRow = 0;
    this.#calls.clear();
    this.#failures.clear();
  }

  #isProbeFree(): boolean {
    return this.#probe === undefined || this.#clock.now() >= this.#probe.until;
  }

  #free(call: Call): void {
    if (this.#probe?.call === call) this.#probe = undefined;
  }
}

function checkPolicy({ failureRate, ...atLeastOne }: BreakerPolicy): void {
  const cannot = "Cannot make a circuit breaker as";
  if (!(failureRate > 0 && failureRate <= 1)) {
    throw new RangeError(`${cannot} 'failureRate' must be above 0 and at most 1: current value is ${failureRate}`);
  }
  for (const [name, value] of Object.entries(atLeastOne)) {
    if (!(value >= 1)) throw new RangeError(`${cannot} '${name}' must be at least 1: current value is ${value}`);
  }
}
