const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/**
 * Milliseconds of a duration as providers write it: `120ms`, `6.532s`, `2m59.56s`, `6m0s`, `1 minute 30 seconds`.
 * Undefined for anything else. Reads from the beginning as far as parts with a known unit go.
 */
export function parseDurationMs(text: string): number | undefined {
  const part =
    /\s*(\d+(?:\.\d+)?) ?(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])/iy;
  let sum: number | undefined;
  for (let found = part.exec(text); found; found = part.exec(text)) {
    sum = (sum ?? 0) + Number(found[1]) * (UNIT_MS[unitOf(found[2] ?? "")] ?? 0);
  }
  // Providers state sixteen digits ("48.939935699s"): below a millisecond nothing is meant, and rounding down comes too early.
  return sum === undefined ? undefined : Math.ceil(Number(sum.toFixed(3)));
}

function unitOf(word: string): string {
  const lower = word.toLowerCase();
  return lower.startsWith("milli") || lower === "ms" ? "ms" : lower.charAt(0);
}
