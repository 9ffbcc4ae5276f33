import { Fleet, type FleetOptions } from "./fleet.ts";
import { Random } from "./random.ts";

/** What happens to the servers while streams come and go. */
export type Mishap =
  /** So many replicas die at once, and stay away. */
  | { kind: "crash"; replicas: number }
  /** All are restarted, so many at a time, each after a drain. */
  | { kind: "restart"; atOnce: number };

/** One play: as many streams as there are on average, which come by chance and last by chance. */
export interface Play extends FleetOptions {
  mishap: Mishap;
  /** The same seed gives the same play. */
  seed: number;
}

/** What a play showed. Factors: 1 is the usable share of a core. */
export interface Outcome {
  /** The highest load of one replica in one second. */
  peakReplica: number;
  /** The highest load of Redis, all nodes together, in one second. */
  peakRedis: number;
  /** The highest average over a minute of all replicas that are there, from the mishap on. */
  worstMinute: number;
  /** The most work that waited at one replica, in seconds of its core: so much later its readers read. */
  behindSeconds: number;
  /** Answers that another replica had to go on with. */
  takenOver: number;
  /** Readers that had to come back. */
  cameBack: number;
  /** Whether the rest stays within the usable share over every minute, and nobody is behind in the end. */
  isCarried: boolean;
}

/** When it happens, and how long is looked on after it is over, in seconds. */
const BEGIN_AT = 30;
const AFTERMATH = 120;
/** Until the lease of a dead replica is over. */
const LEASE_SECONDS = 10;
/** How long a replica finishes what it can, and how long it is away then. */
const DRAIN_SECONDS = 30;
const AWAY_SECONDS = 5;
const MINUTE = 60;
/** Shorter answers would come and end within one step. */
export const SHORTEST_ANSWER_SECONDS = 10;

/**
 * Plays a mishap second by second.
 *
 * Beyond what `Fleet` takes for granted: a replica that dies is missed when its leases are over, and looked for within five seconds
 * more; one that drains takes nobody new, then leaves the rest of its answers to all others at once, and comes back empty.
 *
 * @throws {RangeError} If nobody would be left, or if answers are shorter than ten seconds.
 */
export function simulate(play: Play): Outcome {
  const { mishap, replicas } = play;
  const missing = mishap.kind === "crash" ? mishap.replicas : mishap.atOnce;
  if (missing >= replicas) {
    throw new RangeError(`Cannot play as some of the replicas must be left: ${missing} of ${replicas} would be away`);
  }
  if (play.answerSeconds < SHORTEST_ANSWER_SECONDS) {
    throw new RangeError(
      `Cannot play in seconds as answers must take at least ${SHORTEST_ANSWER_SECONDS} of them: current value is ${play.answerSeconds}`,
    );
  }
  const fleet = new Fleet(play, new Random(play.seed));
  const turn = DRAIN_SECONDS + AWAY_SECONDS;
  const endsAt = BEGIN_AT + (mishap.kind === "restart" ? turn * Math.ceil(replicas / mishap.atOnce) : LEASE_SECONDS);
  const outcome = { peakReplica: 0, peakRedis: 0, worstMinute: 0, behindSeconds: 0 };
  const means: number[] = [];
  let left = 0;
  for (let second = 0; second < endsAt + AFTERMATH; second++) {
    if (mishap.kind === "crash" && second === BEGIN_AT) {
      // Each renews at its own times, the last one up to a quarter of a lease ago, or a little more.
      for (let index = 0; index < missing; index++) {
        const sinceRenewal = Math.floor((index / missing) * (LEASE_SECONDS / 4));
        fleet.die(index, second + LEASE_SECONDS - sinceRenewal);
      }
    }
    if (mishap.kind === "restart" && second >= BEGIN_AT && second < endsAt) {
      const from = Math.floor((second - BEGIN_AT) / turn) * missing;
      const step = (second - BEGIN_AT) % turn;
      for (let index = from; index < Math.min(from + missing, replicas); index++) {
        if (step === 0) fleet.drain(index);
        if (step === DRAIN_SECONDS) fleet.leave(index);
        if (step === turn - 1) fleet.come(index);
      }
    }
    const { highest, mean, redis, behindSeconds } = fleet.step(second);
    left = behindSeconds;
    outcome.peakReplica = Math.max(outcome.peakReplica, highest);
    outcome.peakRedis = Math.max(outcome.peakRedis, redis);
    outcome.behindSeconds = Math.max(outcome.behindSeconds, behindSeconds);
    if (second < BEGIN_AT) continue;
    means.push(mean);
    if (means.length > MINUTE) means.shift();
    const average = means.reduce((sum, one) => sum + one, 0) / means.length;
    if (means.length === MINUTE) outcome.worstMinute = Math.max(outcome.worstMinute, average);
  }
  const { takenOver, cameBack } = fleet;
  return { ...outcome, takenOver, cameBack, isCarried: outcome.worstMinute <= 1 && left === 0 };
}

/**
 * The fewest replicas, from a number up to twice as many, that carry it; `undefined` if not even those do. As chance plays along,
 * one more or less may be carried too; of more than two hundred it is told to half a percent.
 */
export function replicasThatCarry(atLeast: number, playOf: (replicas: number) => Play): number | undefined {
  if (simulate(playOf(atLeast)).isCarried) return atLeast;
  let [tooFew, enough] = [atLeast, 2 * atLeast];
  if (!simulate(playOf(enough)).isCarried) return undefined;
  const exactTo = Math.max(1, Math.floor(atLeast / 200));
  while (enough - tooFew > exactTo) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (simulate(playOf(middle)).isCarried) enough = middle;
    else tooFew = middle;
  }
  return enough;
}
