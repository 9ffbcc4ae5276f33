import { seededRandom } from "../../packages/core/testing/seeded_random.ts";

/** Chance that comes out the same for the same seed. */
export class Random {
  /** From 0 up to but not 1. */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seededRandom(seed);
  }

  /** How many of independent rare things happen of which `mean` do on average. Above 30 the normal curve stands for it. */
  poisson(mean: number): number {
    if (mean <= 0) return 0;
    if (mean > 30) {
      const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
      return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
    }
    // Walks along the chances of 0, 1, 2, … until the chance that was drawn is used up.
    let [left, chance, count] = [this.next(), Math.exp(-mean), 0];
    while (left > chance && chance > 0) {
      left -= chance;
      count++;
      chance *= mean / count;
    }
    return count;
  }
}
