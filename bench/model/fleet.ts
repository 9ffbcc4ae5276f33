import type { Random } from "./random.ts";

/** What replicas and Redis spend, in core-seconds. */
export interface FleetCosts {
  /** Each second for an answer that a replica carries. */
  carrying: number;
  /** Each second for a reader whose answer another replica carries. */
  delivering: number;
  /** Once for an answer that is taken over: it is read, and the provider is asked again. */
  takingOver: number;
  /** Once for a reader who comes back and gets what there is. */
  comingBack: number;
  /** The same four, of Redis. */
  redis: { carrying: number; delivering: number; takingOver: number; comingBack: number };
}

export interface FleetOptions {
  replicas: number;
  redisNodes: number;
  streams: number;
  /** How long an answer takes on average, in seconds. */
  answerSeconds: number;
  /** Share of the readers that are on another replica than the carrier. */
  elsewhere: number;
  costs: FleetCosts;
  /** Share of a core that may be used over long. */
  usableShare: number;
}

/** One second of a fleet. Factors: 1 is the usable share of a core. */
export interface FleetSecond {
  /** What streams and recoveries ask of the busiest replica; what it could not do before is not in it. */
  highest: number;
  mean: number;
  redis: number;
  /** How much work waits at the replica that is the furthest behind, in seconds of its core. */
  behindSeconds: number;
}

interface Replica {
  state: "up" | "draining" | "away";
  carried: number;
  /** Readers here of answers that others carry. */
  readers: number;
  /** Work of this second, in core-seconds, beside that of the streams. */
  extra: number;
  /** What did not fit into the last second. */
  left: number;
}

/** Answers whose lease ends at some time. */
interface Orphans {
  count: number;
  dueAt: number;
}

/** How often each replica looks for answers that nobody carries. */
const LOOK_SECONDS = 5;

/**
 * Replicas as counts of streams. Taken for granted: streams come by chance and go to any replica that is up, and end as by chance,
 * whatever their age; readers whose replica is gone are back within a second; whoever looks for answers that nobody carries takes
 * as many as a core can, and goes on until there are none; a core does no more than a core's work, and the rest later.
 */
export class Fleet {
  /** Answers that were taken over so far. */
  takenOver = 0;
  /** Readers that came back so far. */
  cameBack = 0;
  readonly #options: FleetOptions;
  readonly #random: Random;
  readonly #replicas: Replica[];
  #orphans: Orphans[] = [];
  /** Answers that nobody carries and anybody may take. */
  #due = 0;
  /** When replicas began to look for those, one after another; `undefined`: there are none. */
  #dueSince: number | undefined;
  /** Whether they were told, and all look at once. */
  #isTold = false;
  #returning = 0;
  /** What of both Redis has worked for already. */
  #counted = { takenOver: 0, cameBack: 0 };

  constructor(options: FleetOptions, random: Random) {
    const { replicas, streams, elsewhere } = options;
    this.#options = options;
    this.#random = random;
    this.#replicas = Array.from({ length: replicas }, () => ({
      state: "up",
      carried: random.poisson(streams / replicas),
      readers: random.poisson((streams * elsewhere) / replicas),
      extra: 0,
      left: 0,
    }));
  }

  /** Gone without a word: its answers can be taken once its leases are over. */
  die(index: number, leasesEndAt: number): void {
    this.#orphans.push({ count: this.#at(index).carried, dueAt: leasesEndAt });
    this.#empty(index);
  }

  drain(index: number): void {
    this.#at(index).state = "draining";
  }

  /** Gone after its drain: it has told the others. */
  leave(index: number): void {
    this.#due += this.#at(index).carried;
    this.#isTold = true;
    this.#empty(index);
  }

  come(index: number): void {
    this.#at(index).state = "up";
  }

  step(second: number): FleetSecond {
    this.#comeAndEnd();
    this.#takeOver(second);
    this.#comeBack();
    return this.#work();
  }

  #empty(index: number): void {
    const replica = this.#at(index);
    // Whoever read here, whether an answer from here or from elsewhere, comes back over the proxy.
    const own = Math.round(replica.carried * (1 - this.#options.elsewhere));
    this.#returning += own + replica.readers;
    Object.assign(replica, { state: "away", carried: 0, readers: 0, extra: 0, left: 0 });
  }

  #comeAndEnd(): void {
    const { streams, answerSeconds, elsewhere } = this.#options;
    const up = this.#up().length;
    const coming = streams / answerSeconds / up;
    for (const replica of this.#replicas) {
      if (replica.state === "away") continue;
      replica.carried -= Math.min(replica.carried, this.#random.poisson(replica.carried / answerSeconds));
      replica.readers -= Math.min(replica.readers, this.#random.poisson(replica.readers / answerSeconds));
      if (replica.state === "draining") continue;
      replica.carried += this.#random.poisson(coming);
      replica.readers += this.#random.poisson(coming * elsewhere);
    }
  }

  #takeOver(second: number): void {
    for (const { count, dueAt } of this.#orphans) if (dueAt <= second) this.#due += count;
    this.#orphans = this.#orphans.filter(({ dueAt }) => dueAt > second);
    if (this.#due === 0) return;
    this.#dueSince ??= second;
    const since = this.#dueSince;
    const isLooking = (index: number) =>
      this.#isTold || (index + LOOK_SECONDS - (since % LOOK_SECONDS)) % LOOK_SECONDS <= second - since;
    const takers = this.#up().filter((_, index) => isLooking(index));
    const { takingOver } = this.#options.costs;
    const taken = Math.min(this.#due, takers.length * Math.max(1, Math.floor(1 / takingOver)));
    for (const [replica, share] of this.#evenly(takers, taken)) {
      replica.carried += share;
      replica.extra += share * takingOver;
    }
    this.takenOver += taken;
    this.#due -= taken;
    if (this.#due > 0) return;
    this.#dueSince = undefined;
    this.#isTold = false;
  }

  #comeBack(): void {
    if (this.#returning === 0) return;
    for (const [replica, share] of this.#evenly(this.#up(), this.#returning)) {
      replica.readers += share;
      replica.extra += share * this.#options.costs.comingBack;
    }
    this.cameBack += this.#returning;
    this.#returning = 0;
  }

  #work(): FleetSecond {
    const { costs, usableShare, redisNodes } = this.#options;
    let [highest, sum, redis, there, behindSeconds] = [0, 0, 0, 0, 0];
    for (const replica of this.#replicas) {
      if (replica.state === "away") continue;
      const work = replica.carried * costs.carrying + replica.readers * costs.delivering + replica.extra;
      replica.left = Math.max(0, replica.left + work - 1);
      replica.extra = 0;
      behindSeconds = Math.max(behindSeconds, replica.left);
      highest = Math.max(highest, work / usableShare);
      sum += work / usableShare;
      redis += replica.carried * costs.redis.carrying + replica.readers * costs.redis.delivering;
      there += 1;
    }
    redis += this.#redisExtra();
    return { highest, mean: sum / there, redis: redis / redisNodes / usableShare, behindSeconds };
  }

  /** What Redis did for those that were taken over or came back since the last second. */
  #redisExtra(): number {
    const { takingOver, comingBack } = this.#options.costs.redis;
    const extra = (this.takenOver - this.#counted.takenOver) * takingOver;
    const back = (this.cameBack - this.#counted.cameBack) * comingBack;
    this.#counted = { takenOver: this.takenOver, cameBack: this.cameBack };
    return extra + back;
  }

  #up(): Replica[] {
    return this.#replicas.filter(({ state }) => state === "up");
  }

  #at(index: number): Replica {
    const replica = this.#replicas[index];
    if (replica === undefined) throw new RangeError(`Cannot find the replica ${index} of ${this.#replicas.length}`);
    return replica;
  }

  /** Gives each its share of a count, whole ones; who gets one more begins by chance. */
  *#evenly(replicas: readonly Replica[], count: number): Generator<[Replica, number]> {
    const base = Math.floor(count / replicas.length);
    const more = count % replicas.length;
    const from = Math.floor(this.#random.next() * replicas.length);
    for (const [index, replica] of replicas.entries()) {
      const turn = (index - from + replicas.length) % replicas.length;
      yield [replica, base + (turn < more ? 1 : 0)];
    }
  }
}
