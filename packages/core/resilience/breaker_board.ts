import type { TargetName } from "../events/mod.ts";
import type { FailureCode, UpstreamFailure } from "../failures/mod.ts";
import type { BreakerPolicy, BreakerState } from "./circuit_breaker.ts";
import { CircuitBreaker } from "./circuit_breaker.ts";
import type { Clock } from "./clock.ts";
import { failureEffect } from "./failure_effect.ts";

/** How a breaker stands, for people and programs. Times in epoch milliseconds. */
export interface BreakerStatus {
  provider: string;
  /** Absent where it stands for the provider's key, and so for all of its targets. */
  model?: string;
  state: BreakerState;
  /** When the state began. */
  since: number;
  lastFailure?: { code: FailureCode; at: number; status?: number };
  /** While open: when it is tried again. */
  retryAt?: number;
}

/** A change of a breaker's state. */
export interface BreakerChange extends BreakerStatus {
  from: BreakerState;
}

/** What a board tells those of other processes. Lengths instead of times, since their clocks differ. */
export interface BreakerNews {
  provider: string;
  model?: string;
  state: "open" | "closed";
  /** How long it stays open, in milliseconds; 0 where it is closed. */
  openMs: number;
  failure?: { code: FailureCode; status?: number };
}

/** One call of a target. The first verdict counts, and any further one is ignored. */
export interface BreakerTicket {
  /**
   * The first content has come: the key is proved, and a probe's place is free for the next call, so that a long answer keeps
   * nobody waiting. The verdict is still to come.
   */
  answering(): void;
  succeeded(): void;
  failed(failure: UpstreamFailure): void;
  /** It was cancelled, or ended in a way that says nothing about the target. */
  abandoned(): void;
  /** How this call has changed the breakers so far: the latest state of each that it changed, the key's first. */
  readonly changes: readonly BreakerChange[];
}

export interface BreakerBoardOptions {
  clock: Clock;
  /** A number from 0 (inclusive) to 1 (exclusive). */
  random: () => number;
  policy?: BreakerPolicy;
}

/** How long a failure is shown after the breaker has closed. */
const RECENT_MS = 5 * 60_000;

/** An unused breaker is kept this long: longer than the longest answer, whose verdict may still come. */
const KEEP_MS = 15 * 60_000;

/** The one whose call opened a breaker probes first, and tells the others what came of it: they wait this much longer at least. */
const HEAD_START_MS = 1_000;

/** Beyond it at random, so that they do not come together should that one be gone. */
const SPREAD_MS = 4_000;

/** Callers may name any model, also such as do not exist. */
const MOST_BREAKERS = 1_000;

interface Entry {
  name: { provider: string; model?: string };
  breaker: CircuitBreaker;
  usedAt: number;
  /** The state that listeners know. */
  told: BreakerState;
  /** `at` in monotonic milliseconds. */
  lastFailure?: { code: FailureCode; at: number; status?: number };
  /** Whether other processes know it as open. */
  isShared: boolean;
}

/**
 * The breakers of all targets, and of each provider's key.
 *
 * Made on demand and dropped again, so that it holds no more than what was asked lately or is in trouble.
 */
export class BreakerBoard {
  readonly #options: BreakerBoardOptions;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<(change: BreakerChange) => void>();
  #spread: (news: BreakerNews) => void = () => {};
  #sweptAt: number;

  constructor(options: BreakerBoardOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#sweptAt = options.clock.now();
  }

  /** How many breakers are kept. */
  get size(): number {
    return this.#entries.size;
  }

  /** Whether the target may be asked in its place of the order now; takes no probe. */
  isAvailable({ provider, model }: TargetName): boolean {
    const names = [{ provider }, { provider, model }];
    return names.every((name) => this.#entries.get(idOf(name))?.breaker.isAvailable ?? true);
  }

  /** Begins a call, as the probe where one is due; also of a target that is not available, if there is no better one. */
  begin({ provider, model }: TargetName): BreakerTicket {
    const key = this.#entryOf({ provider });
    const target = this.#entryOf({ provider, model });
    const changes = new Map<Entry, BreakerChange>();
    const tellBoth = ({ isVerdict }: { isVerdict: boolean }) => {
      for (const entry of [key, target]) {
        const change = this.#tell(entry);
        if (change === undefined) continue;
        changes.set(entry, change);
        if (isVerdict) this.#share(entry);
      }
    };
    tellBoth({ isVerdict: false });
    const keyCall = key.breaker.begin();
    const targetCall = target.breaker.begin();
    let isSettled = false;
    const settle = (judge: () => void) => {
      if (isSettled) return;
      isSettled = true;
      judge();
      // A verdict says at most something about one of the two; the other hears that the call is over.
      keyCall.abandoned();
      targetCall.abandoned();
      key.usedAt = target.usedAt = this.#clock.now();
      tellBoth({ isVerdict: true });
    };
    return {
      answering: () => {
        if (isSettled) return;
        keyCall.succeeded();
        targetCall.answering();
        tellBoth({ isVerdict: true });
      },
      succeeded: () =>
        settle(() => {
          keyCall.succeeded();
          targetCall.succeeded();
        }),
      failed: (failure) =>
        settle(() => {
          const effect = failureEffect(failure);
          if (effect === undefined) return;
          const { scope, ...options } = effect;
          const [entry, call] = scope === "provider" ? [key, keyCall] : [target, targetCall];
          const { code, status } = failure;
          entry.lastFailure = { code, at: this.#clock.now(), ...(status !== undefined && { status }) };
          call.failed(options);
        }),
      abandoned: () => settle(() => {}),
      get changes() {
        return [key, target].flatMap((entry) => changes.get(entry) ?? []);
      },
    };
  }

  /** Those that are not closed or have failed within the last five minutes, the oldest first. */
  states(): BreakerStatus[] {
    const entries = [...this.#entries.values()];
    return entries
      .filter((entry) => entry.breaker.state !== "closed" || this.#hasRecentFailure(entry))
      .map((entry) => this.#statusOf(entry));
  }

  /**
   * Calls back after each change of a state, until the returned function is called.
   *
   * Time turns `open` into `half-open` silently: that is told when the next call begins.
   */
  onChange(listener: (change: BreakerChange) => void): () => void {
    // Its own function for each subscription, so that one listener may subscribe twice.
    const subscription = (change: BreakerChange) => listener(change);
    this.#listeners.add(subscription);
    return () => this.#listeners.delete(subscription);
  }

  /**
   * Tells the boards of other processes, from now on, what the calls of this one have found out; their `hear()` takes it.
   *
   * Only what an upstream itself has answered is told: that a connection failed may be the fault of this machine's network, and
   * must not keep the others from a target that they reach.
   */
  spreadTo(tell: (news: BreakerNews) => void): void {
    this.#spread = tell;
  }

  /** Takes what the board of another process has found out. */
  hear({ provider, model, state, openMs, failure }: BreakerNews): void {
    const name = { provider, ...(model !== undefined && { model }) };
    const entry = state === "open" ? this.#entryOf(name) : this.#entries.get(idOf(name));
    if (entry === undefined) return;
    entry.isShared = state === "open";
    if (state === "closed") {
      entry.breaker.reset();
    } else {
      if (failure !== undefined) entry.lastFailure = { ...failure, at: this.#clock.now() };
      const ms = openMs + HEAD_START_MS + this.#options.random() * SPREAD_MS;
      entry.breaker.tripFor(ms, ms);
    }
    this.#tell(entry);
  }

  /** Closes and forgets, for one provider or all: the configuration or the key changed. What runs now is not heard any more. */
  reset(provider?: string): void {
    for (const entry of [...this.#entries.values()]) {
      if (provider === undefined || entry.name.provider === provider) this.#drop(entry);
    }
  }

  #entryOf(name: Entry["name"]): Entry {
    const id = idOf(name);
    let entry = this.#entries.get(id);
    if (entry === undefined) {
      this.#sweep();
      const breaker = new CircuitBreaker(this.#options);
      entry = { name, breaker, usedAt: 0, told: breaker.state, isShared: false };
      this.#entries.set(id, entry);
    }
    entry.usedAt = this.#clock.now();
    return entry;
  }

  /** Nothing grows while nothing is made, so that no timer is needed. */
  #sweep(): void {
    const now = this.#clock.now();
    const isFull = this.#entries.size >= MOST_BREAKERS;
    if (!isFull && now - this.#sweptAt < RECENT_MS) return;
    this.#sweptAt = now;
    for (const entry of [...this.#entries.values()]) {
      const { state } = entry.breaker;
      // A refused key is shown until it works; a target that nobody asks for any more is not.
      const isDone = state === "closed" || (state === "half-open" && entry.name.model !== undefined);
      if (isDone && now - Math.max(entry.usedAt, entry.breaker.since) >= KEEP_MS) this.#drop(entry);
    }
    if (this.#entries.size < MOST_BREAKERS) return;
    for (const entry of this.#entries.values()) {
      if (entry.name.model === undefined) continue;
      this.#drop(entry);
      return;
    }
  }

  #drop(entry: Entry): void {
    entry.breaker.reset();
    delete entry.lastFailure;
    this.#entries.delete(idOf(entry.name));
    this.#tell(entry);
    this.#share(entry);
  }

  /** Tells other processes what this one has found out, where it concerns them. */
  #share(entry: Entry): void {
    const { name, breaker, lastFailure } = entry;
    const { retryAt } = breaker;
    if (retryAt === undefined) {
      if (entry.isShared) this.#spread({ ...name, state: "closed", openMs: 0 });
      entry.isShared = false;
    } else if (lastFailure?.status !== undefined) {
      const { code, status } = lastFailure;
      entry.isShared = true;
      this.#spread({ ...name, state: "open", openMs: retryAt - this.#clock.now(), failure: { code, status } });
    }
  }

  #hasRecentFailure({ lastFailure }: Entry): boolean {
    return lastFailure !== undefined && this.#clock.now() - lastFailure.at < RECENT_MS;
  }

  #statusOf({ name, breaker, lastFailure }: Entry): BreakerStatus {
    const epoch = this.#clock.wallTime() - this.#clock.now();
    const { retryAt } = breaker;
    return {
      ...name,
      state: breaker.state,
      since: Math.round(epoch + breaker.since),
      ...(lastFailure && { lastFailure: { ...lastFailure, at: Math.round(epoch + lastFailure.at) } }),
      ...(retryAt !== undefined && { retryAt: Math.round(epoch + retryAt) }),
    };
  }

  #tell(entry: Entry): BreakerChange | undefined {
    const from = entry.told;
    const status = this.#statusOf(entry);
    if (status.state === from) return undefined;
    entry.told = status.state;
    const change = { ...status, from };
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch {
        // Whoever listens in only reports: an answer must not die of a report that failed.
      }
    }
    return change;
  }
}

function idOf({ provider, model }: { provider: string; model?: string }): string {
  return JSON.stringify([provider, model]);
}
