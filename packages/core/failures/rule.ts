import type { FailureCode } from "./codes.ts";
import type { ErrorShape } from "./error_shape.ts";
import type { FailureAction } from "./upstream_failure.ts";

/** One line of the table: any of the conditions is enough, unless `only` forbids it. */
export interface Rule {
  code: FailureCode;
  action: FailureAction;
  /** Machine-readable words in snake case. */
  words?: readonly string[];
  /** What such a word looks like, where a provider has a family of them. */
  wordsLike?: RegExp;
  /** What the text for people says. */
  says?: RegExp;
  statuses?: readonly number[];
  /** A further condition which all of the above need. */
  only?: (error: ErrorShape) => boolean;
}

/** One pattern out of several phrases, each of which is enough. */
export function anyOf(...phrases: readonly string[]): RegExp {
  return new RegExp(phrases.join("|"), "i");
}

/** Whether a rule holds of an error. */
export function holds(rule: Rule, error: ErrorShape): boolean {
  if (rule.only && !rule.only(error)) return false;
  const { words, wordsLike, says, statuses } = rule;
  if (!words && !wordsLike && !says && !statuses) return true;
  return (
    (words?.some((word) => error.words.has(word)) ?? false) ||
    (wordsLike !== undefined && [...error.words].some((word) => wordsLike.test(word))) ||
    (says?.test(error.text) ?? false) ||
    (error.status !== undefined && (statuses?.includes(error.status) ?? false))
  );
}

export function isServerStatus(status: number | undefined): boolean {
  return isBetween(status, 500, 599);
}

export function isBetween(status: number | undefined, low: number, high: number): boolean {
  return status !== undefined && status >= low && status <= high;
}
