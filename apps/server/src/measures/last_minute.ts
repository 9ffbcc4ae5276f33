import type { WallClock } from "@cogniforge/core/journal";
import type { AnswerMeasures } from "@cogniforge/core/metrics";
import { AnswerSums } from "@cogniforge/core/metrics";

const SECONDS = 60;

/** The sums of the last sixty seconds, in bounded room: those of each second. */
export class LastMinute {
  readonly #clock: WallClock;
  readonly #seconds: { second: number; sums: AnswerSums }[] = [];

  constructor(clock: WallClock) {
    this.#clock = clock;
  }

  note(measures: AnswerMeasures): void {
    const second = this.#forget();
    let last = this.#seconds.at(-1);
    if (last?.second !== second) {
      last = { second, sums: new AnswerSums() };
      this.#seconds.push(last);
    }
    last.sums.add(measures);
  }

  sums(): AnswerSums {
    this.#forget();
    const all = new AnswerSums();
    for (const { sums } of this.#seconds) all.merge(sums);
    return all;
  }

  /** @returns The second that it is. */
  #forget(): number {
    const now = Math.floor(this.#clock.wallTime() / 1000);
    while ((this.#seconds[0]?.second ?? now) <= now - SECONDS) this.#seconds.shift();
    return now;
  }
}
