import type { Clock } from "../resilience/mod.ts";
import { BreakerBoard, HedgeBudget, RetryBudget } from "../resilience/mod.ts";

/** What answers share, so that the trouble of one spares the others. */
export interface Resilience {
  breakers: BreakerBoard;
  retries: RetryBudget;
  hedges: HedgeBudget;
}

/** A fresh set, with nothing known of any target. */
export function createResilience(clock: Clock, random: () => number = Math.random): Resilience {
  return {
    breakers: new BreakerBoard({ clock, random }),
    retries: new RetryBudget({ clock }),
    hedges: new HedgeBudget(clock),
  };
}
