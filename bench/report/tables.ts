import { CONTENDERS } from "../contenders.ts";
import { type BenchRecord, figureOf } from "../measure/record.ts";
import { SERVERS } from "../servers/definitions.ts";
import { GOALS } from "./goals.ts";
import { table } from "./table.ts";

/** A column: a figure with its heading and digits. */
type Column = readonly [figure: string, heading: string, digits: number];

const CPU: readonly Column[] = [
  ["cpuMsPerAnswer", "CPU, ms an answer", 3],
  ["cpuUsPerToken", "CPU, µs a token", 1],
  ["tokensPerSecond", "tokens a second", 0],
  ["firstTokenP50Ms", "first token p50, ms", 1],
  ["firstTokenP99Ms", "first token p99, ms", 1],
  ["latencyP50Ms", "latency p50, ms", 2],
  ["latencyP99Ms", "latency p99, ms", 1],
];
const OPEN: readonly Column[] = [
  ["cpuUsPerToken", "CPU, µs a token", 1],
  ["firstTokenP99Ms", "first token p99, ms", 0],
  ["latencyP50Ms", "latency p50, ms", 2],
  ["latencyP99Ms", "latency p99, ms", 1],
  ["idleMb", "idle, MiB", 0],
  ["peakMb", "peak, MiB", 0],
  ["peakKibPerStream", "KiB a stream", 0],
];
const ENGINES: readonly Column[] = [
  ["redisCpuUsPerToken", "Redis, µs CPU a token", 1],
  ["redisCommandsPerToken", "commands a token", 2],
  ["redisInBytesPerToken", "bytes in a token", 0],
  ["redisOutBytesPerToken", "bytes out a token", 0],
  ["redisKibPerAnswer", "KiB an answer", 1],
  ["postgresCpuMsPerAnswer", "PostgreSQL, ms CPU an answer", 3],
  ["postgresRowsPerAnswer", "rows an answer", 1],
  ["postgresWalKibPerAnswer", "KiB of WAL an answer", 1],
];
const REPLICAS: readonly Column[] = [
  ["latencyP50Ms", "latency p50, ms", 2],
  ["latencyP99Ms", "latency p99, ms", 1],
  ["carrierCpuUsPerToken", "carrier, µs CPU a token", 1],
  ["readerCpuUsPerToken", "other replica, µs CPU a token", 1],
  ...ENGINES.slice(0, 2),
];
const LATE: readonly Column[] = [
  ["cpuUsPerToken", "CPU, µs a token and reader", 2],
  ["firstTokenP50Ms", "first token p50, ms", 0],
  ["firstTokenP99Ms", "first token p99, ms", 0],
  ["latencyP50Ms", "latency p50, ms", 1],
  ["latencyP99Ms", "latency p99, ms", 1],
  ["grownMb", "more memory at the peak, MiB", 0],
  ["upstreamRequests", "requests to the provider", 0],
];
const READERS: readonly Column[] = [
  ["cpuUsPerToken", "CPU, µs a token and reader", 2],
  ["totalP50Ms", "a reader's time p50, ms", 0],
  ["elapsedMs", "in all, ms", 0],
  ["grownMb", "more memory at the peak, MiB", 0],
  ["upstreamRequests", "requests to the provider", 0],
];

const SECTIONS: readonly { scenario: string; title: string; columns: readonly Column[]; yardstick?: string }[] = [
  { scenario: "short", title: "Short: 20 tokens, streamed, 32 connections", columns: CPU, yardstick: "cpuMsPerAnswer" },
  {
    scenario: "nonstream",
    title: "Not streamed: 20 tokens, 32 connections",
    columns: CPU.slice(0, 5),
    yardstick: "cpuMsPerAnswer",
  },
  {
    scenario: "bulk",
    title: "Bulk: 500 tokens, 10 a packet, 16 connections",
    columns: CPU,
    yardstick: "cpuUsPerToken",
  },
  {
    scenario: "live",
    title: "Live: a packet a token every 50 ms, 100 connections",
    columns: CPU,
    yardstick: "cpuUsPerToken",
  },
  {
    scenario: "open-1000",
    title: "1,000 open streams of 5 tokens a second",
    columns: OPEN,
    yardstick: "cpuUsPerToken",
  },
  {
    scenario: "open-5000",
    title: "5,000 open streams of 5 tokens a second",
    columns: OPEN,
    yardstick: "cpuUsPerToken",
  },
  {
    scenario: "replicas",
    title: "500 live streams, carried by one of two replicas",
    columns: REPLICAS,
  },
  { scenario: "late", title: "1,000 late readers of one running answer", columns: LATE },
  {
    scenario: "stalled",
    title: "Ten readers of 32,000 tokens, four of which stop reading for 8 seconds",
    columns: READERS,
  },
  { scenario: "replay", title: "32,000 tokens replayed to ten readers", columns: READERS },
  {
    scenario: "start",
    title: "Start and idle memory",
    columns: [
      ["startMs", "to the first answer, ms", 0],
      ["startCpuMs", "CPU until then, ms", 0],
      ["idleMb", "idle, MiB", 0],
    ],
  },
  {
    scenario: "memory",
    title: "Memory over many answers",
    columns: [
      ["answers", "answers", 0],
      ...[1, 2, 4, 6, 8, 10].map((step): Column => [`step${step}Mb`, `MiB after ${step * 10} %`, 0]),
    ],
  },
  { scenario: "micro", title: "Parts of CogniForge by themselves", columns: [["perSecond", "a second", 0]] },
];

/** The goals and every scenario that was measured, as Markdown with headings of a level. */
export function tablesOf(records: readonly BenchRecord[], level = 2): string {
  const sections = SECTIONS.filter(({ scenario }) => records.some((record) => record.scenario === scenario));
  const profiled = records.filter(({ scenario }) => scenario === "profile");
  const profiles = profiled.length === 0 ? [] : [profileTable(profiled)];
  const tables = sections.map((section) => sectionTable(section, records));
  const all = [goalsTable(records), ...tables, ...enginesTable(records), ...profiles].join("\n\n");
  return all.replace(/^##(?= )/gm, "#".repeat(level));
}

/** What the engines below a server that shares its stores do for it, scenario by scenario. */
function enginesTable(records: readonly BenchRecord[]): string[] {
  const rows = SECTIONS.flatMap(({ scenario, title }) => {
    const cells = ENGINES.map(([figure, , digits]) => cellOf(records, [scenario, "cogniforge-shared", figure], digits));
    return cells.every((cell) => cell === "–") ? [] : [[title, ...cells]];
  });
  const headings = ["", ...ENGINES.map(([, heading]) => heading)];
  return rows.length === 0 ? [] : [`## What PostgreSQL and Redis do for it\n\n${table(headings, rows)}`];
}

/** A figure of a contender in a scenario, with its spread. */
function cellOf(
  records: readonly BenchRecord[],
  [scenario, contender, figure]: readonly [string, string, string],
  digits: number,
): string {
  const found = figureOf(records, scenario, contender, figure);
  if (found === undefined) return "–";
  const spread = found.spread >= 0.005 ? ` ± ${percent(found.spread)}` : "";
  return `${found.median.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })}${spread}`;
}

/** What share of the time goes where, the largest of the first column first. */
function profileTable(profiled: readonly BenchRecord[]): string {
  const kinds = [...new Set(profiled.flatMap(({ figures }) => Object.keys(figures)))];
  const shareOf = (record: BenchRecord | undefined, kind: string) => record?.figures[kind] ?? 0;
  const rows = kinds
    .toSorted((one, other) => shareOf(profiled[0], other) - shareOf(profiled[0], one))
    .map((kind) => [kind, ...profiled.map((record) => `${shareOf(record, kind).toFixed(1)} %`)]);
  const headings = ["", ...profiled.map(({ contender }) => contender)];
  return `## Where the time of \`/v1\` goes, on the main thread of a warm server\n\n${table(headings, rows)}`;
}

export function goalsTable(records: readonly BenchRecord[]): string {
  const rows = GOALS.flatMap(({ title, commit, stretch, unit, measure }) => {
    const found = measure(records);
    const goals = [withUnit(commit, unit), stretch === undefined ? "–" : withUnit(stretch, unit)];
    if (found === undefined) return [];
    const spread = found.spread === undefined ? "" : `± ${percent(found.spread)}`;
    const isStretched = stretch !== undefined && found.value <= stretch;
    const verdict = isStretched ? "met, stretch too" : found.value <= commit ? "met" : "**missed**";
    return [[title, withUnit(found.value, unit), spread, ...goals, verdict]];
  });
  return `## Goals\n\n${table(["figure", "measured", "spread", "goal", "stretch", ""], rows)}`;
}

function sectionTable(
  { scenario, title, columns, yardstick }: (typeof SECTIONS)[number],
  records: readonly BenchRecord[],
): string {
  const own = records.filter((record) => record.scenario === scenario);
  const rows = [...new Set(own.map(({ contender }) => contender))].map((contender) => {
    const cells = columns.map(([figure, , digits]) => cellOf(own, [scenario, contender, figure], digits));
    const ours = yardstick && figureOf(own, scenario, contender, yardstick);
    const pipe = yardstick && figureOf(own, scenario, "pipe", yardstick);
    const ratio = yardstick === undefined ? [] : [ours && pipe ? (ours.median / pipe.median).toFixed(2) : "–"];
    return [titleOf(contender), ...cells, ...ratio, brokenCell(own, contender)];
  });
  const ratioHeading = yardstick === undefined ? [] : ["÷ pipe"];
  const headings = ["", ...columns.map(([, heading]) => heading), ...ratioHeading, "broken"];
  return `## ${title}\n\n${table(headings, rows)}`;
}

/** Of all rounds together. */
function brokenCell(records: readonly BenchRecord[], contender: string): string {
  let sum = 0;
  let answers = 0;
  for (const { contender: name, broken, figures } of records) {
    if (name !== contender) continue;
    const count = Object.values(broken).reduce((all, one) => all + one, 0);
    sum += count;
    answers += count + (figures.answers ?? 0);
  }
  return sum === 0 ? "0" : `**${sum} of ${answers}**`;
}

function titleOf(name: string): string {
  if (name === "portkey") return SERVERS.portkey.title;
  return CONTENDERS.find((contender) => contender.name === name)?.title ?? name;
}

function withUnit(value: number, unit: string): string {
  const digits = unit === "×" ? 2 : unit === "ms" && value < 100 ? 1 : 0;
  return unit === "×" ? value.toFixed(digits) : `${value.toFixed(digits)} ${unit}`.trim();
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
