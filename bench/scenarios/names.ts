/** In the order in which they run. */
export const SCENARIO_NAMES = [
  "start",
  "short",
  "bulk",
  "nonstream",
  "live",
  "open-1000",
  "open-5000",
  "replicas",
  "late",
  "stalled",
  "replay",
  "memory",
  "micro",
  "profile",
] as const;

export type ScenarioName = (typeof SCENARIO_NAMES)[number];
