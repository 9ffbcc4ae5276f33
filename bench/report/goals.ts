import { type BenchRecord, figureOf, type Summary } from "../measure/record.ts";
import { nameOf } from "../scenarios/replicas.ts";

/** One figure that was promised. */
export interface Goal {
  title: string;
  commit: number;
  /** Absent where what was promised is enough. */
  stretch?: number;
  unit: string;
  /** What was measured; `undefined` where the run did not measure it. */
  measure(records: readonly BenchRecord[]): Measured | undefined;
}

export interface Measured {
  value: number;
  /** Half the range over the rounds as a share of the value; absent where it has no meaning. */
  spread?: number;
}

/** What was promised; a figure at or below `commit` keeps the promise. */
export const GOALS: readonly Goal[] = [
  ratio("`/v1` short request ÷ minimal Node pipe", "short", "cpuMsPerAnswer", "cogniforge", "pipe", 1.25, 0.9),
  ratio("`/v1` non-stream ÷ minimal Node pipe", "nonstream", "cpuMsPerAnswer", "cogniforge", "pipe", 1.5, 1.1),
  ratio("`/v1` bulk token ÷ minimal Node pipe", "bulk", "cpuUsPerToken", "cogniforge", "pipe", 1.25, 1),
  ratio("`/v1` live token ÷ minimal Node pipe", "live", "cpuUsPerToken", "cogniforge", "pipe", 1.25, 1.1),
  ratio("tRPC SSE bulk token ÷ minimal tRPC", "bulk", "cpuUsPerToken", "cogniforge-trpc-sse", "trpc-sse", 0.5, 0.4),
  ratio(
    "tRPC WebSocket bulk token ÷ minimal tRPC",
    "bulk",
    "cpuUsPerToken",
    "cogniforge-trpc-ws",
    "trpc-ws",
    0.35,
    0.25,
  ),
  {
    title: "Added p99 over direct, 1,000 streams of 5 tokens a second",
    commit: 15,
    stretch: 6,
    unit: "ms",
    measure(records) {
      const ours = figureOf(records, "open-1000", "cogniforge", "latencyP99Ms");
      const direct = figureOf(records, "open-1000", "direct", "latencyP99Ms");
      return ours && direct && { value: ours.median - direct.median, spread: ours.spread };
    },
  },
  plain("Peak memory a stream, 5,000 streams", "open-5000", "peakKibPerStream", 60, 45, "KiB"),
  {
    title: "Broken answers of CogniForge, every run",
    commit: 0,
    stretch: 0,
    unit: "",
    measure(records) {
      const ours = records.filter(({ contender }) => contender.startsWith("cogniforge"));
      if (ours.length === 0) return undefined;
      const counts = ours.flatMap(({ broken }) => Object.values(broken));
      return { value: counts.reduce((sum, count) => sum + count, 0) };
    },
  },
  elsewhere("p50", 2, 5),
  elsewhere("p99", 2, 25),
  elsewhere("p50", 5, 5),
  elsewhere("p99", 5, 25),
  plain("Idle memory, console served", "start", "idleMb", 120, 90, "MiB"),
  plain("Start to `/healthz`", "start", "startMs", 1_500, 700, "ms"),
];

function ratio(
  title: string,
  scenario: string,
  figure: string,
  ours: string,
  yardstick: string,
  commit: number,
  stretch: number,
): Goal {
  return {
    title,
    commit,
    stretch,
    unit: "×",
    measure(records) {
      const one = figureOf(records, scenario, ours, figure);
      const other = figureOf(records, scenario, yardstick, figure);
      return one && other && { value: one.median / other.median, spread: one.spread + other.spread };
    },
  };
}

/** What it adds that a reader is not where its answer is carried. */
function elsewhere(percentile: "p50" | "p99", rate: 2 | 5, commit: number): Goal {
  const figure = percentile === "p50" ? "latencyP50Ms" : "latencyP99Ms";
  return {
    title: `Added ${percentile} through another replica, 500 streams of ${rate} tokens a second`,
    commit,
    unit: "ms",
    measure(records) {
      const there = figureOf(records, "replicas", nameOf(rate, "through another replica"), figure);
      const here = figureOf(records, "replicas", nameOf(rate, "where they are carried"), figure);
      return there && here && { value: Math.max(0, there.median - here.median), spread: there.spread };
    },
  };
}

function plain(title: string, scenario: string, figure: string, commit: number, stretch: number, unit: string): Goal {
  const measured = (summary: Summary | undefined) => summary && { value: summary.median, spread: summary.spread };
  return {
    title,
    commit,
    stretch,
    unit,
    measure: (records) => measured(figureOf(records, scenario, "cogniforge", figure)),
  };
}
