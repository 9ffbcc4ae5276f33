import type { Strategy } from "./strategy.ts";

/** What is known of a target's ability to continue its own message: by its provider, or learned from its refusals. */
export interface PrefillMemory {
  /** `false` once the target refused a prefill; `undefined` if nothing was learned. */
  acceptsPrefill(target: string): boolean | undefined;
  learnPrefill(target: string, accepts: boolean): void;
}

/** A memory that lasts as long as the process. */
export class VolatilePrefillMemory implements PrefillMemory {
  readonly #known = new Map<string, boolean>();

  acceptsPrefill(target: string): boolean | undefined {
    return this.#known.get(target);
  }

  learnPrefill(target: string, accepts: boolean): void {
    this.#known.set(target, accepts);
  }
}

export interface LadderOptions {
  memory: PrefillMemory;
  /** Whether a request in prose would spoil the form, as with JSON: then only a prefill or a restart will do. */
  isQuoteUnsuitable: boolean;
}

/** Which strategy is tried on which target within one answer. */
export class Ladder {
  readonly #memory: PrefillMemory;
  readonly #ruledOut = new Map<string, Set<Strategy>>();
  readonly #refusedPrefill = new Set<string>();
  readonly #isQuoteUnsuitable: boolean;

  constructor({ memory, isQuoteUnsuitable }: LadderOptions) {
    this.#memory = memory;
    this.#isQuoteUnsuitable = isQuoteUnsuitable;
  }

  /**
   * The surest strategy that the target has neither refused nor answered with nothing; `undefined` when none is left.
   *
   * @param knowsPrefill What the provider says of itself.
   * @param isShort Whether the text is too short to be handed over: then it is asked for anew.
   */
  next(target: string, knowsPrefill: boolean, isShort: boolean): Strategy | undefined {
    const ruledOut = this.#ruledOut.get(target);
    const canPrefill = this.#memory.acceptsPrefill(target) ?? knowsPrefill;
    const rungs: Strategy[] = [];
    if (canPrefill && !isShort) rungs.push("prefill");
    if (!this.#isQuoteUnsuitable && !isShort) rungs.push("quote");
    rungs.push("restart");
    return rungs.find((rung) => !ruledOut?.has(rung));
  }

  /** Remembers that the target refused a strategy, within this answer. */
  refused(target: string, strategy: Strategy): void {
    this.#ruleOut(target, strategy);
    if (strategy === "prefill") this.#refusedPrefill.add(target);
  }

  /**
   * Remembers that the target said nothing when asked in this way, within this answer: a model that takes what it is handed for
   * a finished message stops at once. It teaches nothing about other texts.
   */
  emptied(target: string, strategy: Strategy): void {
    this.#ruleOut(target, strategy);
  }

  /**
   * The target went on in some way. If it had refused a prefill before, it was the prefill that it could not take, and not the
   * request as such: only that is a lesson for other answers.
   */
  accepted(target: string, strategy: Strategy): void {
    if (strategy !== "prefill" && this.#refusedPrefill.has(target)) this.#memory.learnPrefill(target, false);
  }

  #ruleOut(target: string, strategy: Strategy): void {
    const known = this.#ruledOut.get(target) ?? new Set<Strategy>();
    this.#ruledOut.set(target, known.add(strategy));
  }
}
