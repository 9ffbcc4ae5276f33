const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How sums are kept: by steps of `stepMs`, for `keptMs`. Each step is a multiple of the one before it. */
export const RESOLUTIONS = [
  { stepMs: MINUTE, keptMs: 12 * HOUR },
  { stepMs: 10 * MINUTE, keptMs: 3 * DAY },
  { stepMs: HOUR, keptMs: 15 * DAY },
  { stepMs: DAY, keptMs: 400 * DAY },
] as const;

/** However long single answers are kept, there are no more of them: an hour and a half at 1,000 a minute. */
export const MOST_SINGLE = 100_000;

/** The coarsest kept step that divides the wanted one; `undefined` where only single answers are fine enough. */
export function resolutionFor(stepMs: number): number | undefined {
  return RESOLUTIONS.findLast((one) => stepMs % one.stepMs === 0)?.stepMs;
}
