import type { Clock } from "@cogniforge/core/resilience";
import type { TransportName } from "./transports/transport.ts";

/** What this client learned of each transport, kept from answer to answer. */
export class TransportMemory {
  readonly #clock: Clock;
  readonly #retryAfterMs: number;
  readonly #works = new Set<TransportName>();
  readonly #avoidUntil = new Map<TransportName, number>();

  constructor(clock: Clock, retryAfterMs: number) {
    this.#clock = clock;
    this.#retryAfterMs = retryAfterMs;
  }

  trust(name: TransportName): void {
    this.#works.add(name);
    this.#avoidUntil.delete(name);
  }

  avoid(name: TransportName): void {
    this.#works.delete(name);
    this.#avoidUntil.set(name, this.#clock.now() + this.#retryAfterMs);
  }

  /** It failed this time; the next answer still begins with it, but leaves it at the first failure. */
  doubt(name: TransportName): void {
    this.#works.delete(name);
  }

  isTrusted(name: TransportName): boolean {
    return this.#works.has(name);
  }

  isAvoided(name: TransportName): boolean {
    return (this.#avoidUntil.get(name) ?? 0) > this.#clock.now();
  }
}

/** How a connection went. */
export interface ConnectionReport {
  /** It showed a sign of life. */
  hasLived: boolean;
  /** It did what it was opened for: brought an event that the reader did not have, or waited for one as long as asked. */
  hasNews: boolean;
  /** It was given up because nothing came in time. */
  isSilent: boolean;
}

interface Rung {
  name: TransportName;
  /** How often it failed while the server could be reached otherwise. */
  strikes: number;
  hasLived: boolean;
}

/**
 * Decides, for one answer, which transport is used next: best first, down when one fails, and up again when its failure
 * turns out to have been the server's. The last rung is also the judge: while it fails nothing is learned of the others.
 */
export class Ladder {
  readonly #rungs: Rung[];
  readonly #memory: TransportMemory;
  /** Refused on the way down; whether they are to blame is not known until another one works. */
  readonly #suspects = new Set<Rung>();
  #at: number;

  /** @throws {RangeError} If there is no transport. */
  constructor(names: readonly TransportName[], memory: TransportMemory) {
    if (names.length === 0) throw new RangeError("Cannot watch an answer as no transport is allowed");
    this.#memory = memory;
    this.#rungs = names.map((name) => ({
      name,
      strikes: memory.isAvoided(name) ? Number.POSITIVE_INFINITY : 0,
      hasLived: memory.isTrusted(name),
    }));
    this.#at = this.#best();
  }

  /** The transport to use now. */
  get current(): TransportName {
    return this.#rung.name;
  }

  /** The current transport showed a sign of life. */
  live(): void {
    this.#rung.hasLived = true;
    this.#memory.trust(this.#rung.name);
    for (const suspect of this.#suspects) this.#strike(suspect);
    this.#suspects.clear();
  }

  /** Takes the end of a connection; `"outage"` means that nothing works, so that the next try should wait. */
  end({ hasLived, hasNews, isSilent }: ConnectionReport): "again" | "outage" {
    const rung = this.#rung;
    if (hasLived) {
      if (isSilent || !hasNews) this.#strike(rung);
      else rung.strikes = 0;
      this.#at = this.#best();
      return isUsable(this.#rung) ? "again" : "outage";
    }
    this.#suspects.add(rung);
    if (rung !== this.#rungs.at(-1)) {
      this.#at = this.#best();
      return "again";
    }
    this.#suspects.clear();
    return "outage";
  }

  get #rung(): Rung {
    const rung = this.#rungs[this.#at];
    if (rung === undefined) throw new RangeError(`Cannot stand on rung ${this.#at} of ${this.#rungs.length}`);
    return rung;
  }

  #strike(rung: Rung): void {
    rung.strikes += 1;
    if (isUsable(rung)) this.#memory.doubt(rung.name);
    else this.#memory.avoid(rung.name);
  }

  #best(): number {
    const best = this.#rungs.findIndex((rung) => isUsable(rung) && !this.#suspects.has(rung));
    return best === -1 ? this.#rungs.length - 1 : best;
  }
}

/** One failure is enough to pass over a transport that never worked here; one that did may have been unlucky. */
function isUsable({ strikes, hasLived }: Rung): boolean {
  return strikes < (hasLived ? 2 : 1);
}
