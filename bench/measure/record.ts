/** One measurement: what one contender did in one round of one scenario. Figures are named with their units. */
export interface BenchRecord {
  scenario: string;
  contender: string;
  round: number;
  figures: Readonly<Record<string, number>>;
  /** Answers that did not come whole, by what was wrong. */
  broken: Readonly<Record<string, number>>;
}

/** A figure over the rounds. */
export interface Summary {
  median: number;
  min: number;
  max: number;
  /** Half the range, as a share of the median. */
  spread: number;
}

/** @throws {RangeError} Of no values. */
export function summarize(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError("Cannot summarize no values");
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
  const min = sorted[0] ?? 0;
  const max = sorted.at(-1) ?? 0;
  return { median, min, max, spread: median === 0 ? 0 : (max - min) / 2 / median };
}

/** What all rounds of a contender say of one figure; `undefined` if none does. */
export function figureOf(
  records: readonly BenchRecord[],
  scenario: string,
  contender: string,
  figure: string,
): Summary | undefined {
  const values = records
    .filter((record) => record.scenario === scenario && record.contender === contender)
    .map(({ figures }) => figures[figure])
    .filter((value) => value !== undefined);
  return values.length === 0 ? undefined : summarize(values);
}
