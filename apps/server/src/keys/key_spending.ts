import type { KeyLimits, KeySpend, Spending } from "../storage/mod.ts";
import { dayOf, untilNextDay, untilNextMonth } from "./calendar.ts";

/** A budget that is used up. */
export interface UsedUp {
  budget: "daily" | "monthly" | "total";
  limitUsd: number;
  /** Milliseconds until it begins anew; absent for a budget that does not. */
  waitMs?: number;
}

const NOTHING: KeySpend = { dailyUsd: 0, monthlyUsd: 0, totalUsd: 0, totalTokens: 0, answers: 0 };

/** What one key has spent, kept in memory beside the store; days and months begin anew by themselves. */
export class KeySpending {
  #spend: KeySpend;
  /** The day that `#spend` is seen from. */
  #day: string;

  constructor(spend: KeySpend | undefined, now: number) {
    this.#spend = spend ?? NOTHING;
    this.#day = dayOf(now);
  }

  add({ usd, tokens }: Spending, now: number): void {
    const { dailyUsd, monthlyUsd, totalUsd, totalTokens, answers } = this.at(now);
    this.#spend = {
      dailyUsd: dailyUsd + usd,
      monthlyUsd: monthlyUsd + usd,
      totalUsd: totalUsd + usd,
      totalTokens: totalTokens + tokens,
      answers: answers + 1,
    };
  }

  at(now: number): KeySpend {
    const day = dayOf(now);
    if (day !== this.#day) {
      const isSameMonth = day.slice(0, 7) === this.#day.slice(0, 7);
      this.#spend = { ...this.#spend, dailyUsd: 0, monthlyUsd: isSameMonth ? this.#spend.monthlyUsd : 0 };
      this.#day = day;
    }
    return this.#spend;
  }

  /** The budget that keeps the key waiting longest, if any is used up. */
  usedUp({ dailyUsd, monthlyUsd, totalUsd }: KeyLimits, now: number): UsedUp | undefined {
    const spend = this.at(now);
    if (totalUsd !== undefined && spend.totalUsd >= totalUsd) return { budget: "total", limitUsd: totalUsd };
    if (monthlyUsd !== undefined && spend.monthlyUsd >= monthlyUsd) {
      return { budget: "monthly", limitUsd: monthlyUsd, waitMs: untilNextMonth(now) };
    }
    if (dailyUsd !== undefined && spend.dailyUsd >= dailyUsd) {
      return { budget: "daily", limitUsd: dailyUsd, waitMs: untilNextDay(now) };
    }
    return undefined;
  }
}
