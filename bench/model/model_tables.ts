import { table } from "../report/table.ts";
import { type Breaking, breakingsOf, exhaustionOf } from "./breaking_points.ts";
import { CONNECTIONS_PER_REPLICA, postgresDemand } from "./load_model.ts";
import { type Model, shareElsewhere, withStreams } from "./model.ts";
import { playTable } from "./play_table.ts";
import { redisDemand } from "./redis_demand.ts";
import { SHORTEST_ANSWER_SECONDS } from "./simulate.ts";
import { type Installation, mostInOneInstallation, sizeOf } from "./size.ts";
import { answerSeconds } from "./workload.ts";

/** All that the model says, as Markdown. @param source What was measured, where and when: one line. */
export function modelTables(model: Model, source: string, seed: number): string {
  const counts = countsUpTo(model.workload.streams);
  const installation = mostInOneInstallation(model);
  const parts = [
    premises(model, source),
    "### What is needed",
    neededTable(model, counts),
    installationLine(model, installation),
    "### What breaks first",
    breakingTable(breakingsOf(model, counts), counts),
    "One of each, beside as much of all others as they need:",
    exhaustionTable(model),
    "### When servers die or restart",
    plays(withStreams(model, Math.min(model.workload.streams, installation.streams)), seed),
  ];
  return parts.join("\n\n");
}

/** Of one installation, as others know nothing of what happens there. */
function plays(model: Model, seed: number): string {
  const { streams } = model.workload;
  const seconds = answerSeconds(model.workload);
  if (streams === 0) return "Not played, as there is no set-up that carries anything.";
  if (seconds < SHORTEST_ANSWER_SECONDS) {
    return `Not played, as answers of ${amount(seconds)} s are too short for steps of a second: at least ${SHORTEST_ANSWER_SECONDS} s are needed.`;
  }
  const title = `One installation of ${amount(streams)} streams, with just as many servers as it needs, second by second. Spare servers take connections of PostgreSQL too.`;
  return `${title}\n\n${playTable(model, seed)}`;
}

/** A thousand, and ten times as many each time, up to what is asked. */
export function countsUpTo(streams: number): number[] {
  const steps = [1_000, 10_000, 100_000, 1_000_000].filter((count) => count < streams);
  return [...steps, streams];
}

function premises({ workload, limits, inputs }: Model, source: string): string {
  const { tokensPerSecond, tokensPerAnswer, elsewhere, signalsPerAnswer } = workload;
  const { carried, elsewhere: away } = inputs.latency;
  const readers =
    elsewhere === undefined ? "any server, as a proxy chooses" : `another server for ${percent(elsewhere)}`;
  return [
    `Measured: ${source}. Asked: streams of ${tokensPerSecond} tokens a second, each by itself, ${tokensPerAnswer} an answer; readers at ${readers};`,
    `${signalsPerAnswer} signals an answer. Assumed: ${percent(limits.usableShare)} of a core may be used, ${amount(limits.replicaMib)} MiB, ${amount(limits.replicaFiles)} files and ${amount(limits.replicaAnswers)} answers a server;`,
    `${limits.redisGib} GiB and ${amount(limits.redisMegabytesPerSecond)} MB/s a Redis node; ${limits.postgresCores} cores, ${amount(limits.postgresConnections)} connections and ${amount(limits.postgresWalMegabytesPerSecond)} MB/s of write-ahead log for PostgreSQL.`,
    `Measured at 500 streams: from the provider to the reader ${carried.p50Ms.toFixed(1)} ms (p99 ${carried.p99Ms.toFixed(1)}) where the answer is carried, ${away.p50Ms.toFixed(1)} ms (p99 ${away.p99Ms.toFixed(1)}) through another server.`,
  ].join("\n");
}

function neededTable(model: Model, counts: readonly number[]): string {
  const columns = counts.map((streams) => {
    const grown = withStreams(model, streams);
    const size = sizeOf(grown);
    const redis = redisDemand(grown, size.replicas);
    const postgres = postgresDemand(grown);
    const [processors = 0, memory = 0, files = 0, answers = 0] = size.replicasFor.values();
    return [
      amount(streams),
      bold(amount(size.replicas)),
      [processors, memory, files, answers].map(amount).join(" / "),
      size.bindingOfReplicas,
      percent(shareElsewhere(grown.workload, size.replicas)),
      amount(redis.commandsPerSecond),
      `${amount(redis.inMegabytesPerSecond)} / ${amount(redis.outMegabytesPerSecond)}`,
      amount(redis.memoryGib),
      amount(redis.cores),
      bold(amount(size.redisNodes)),
      size.bindingOfRedis,
      amount(redis.indexCores),
      amount(redis.signalCores),
      amount(postgres.answersPerSecond),
      amount(postgres.rowsPerSecond),
      amount(postgres.walMegabytesPerSecond),
      bold(amount(size.postgresCores)),
      amount(size.replicas * CONNECTIONS_PER_REPLICA),
      amount(streams),
      size.broken.length === 0 ? "holds" : size.broken.map(({ resource }) => resource).join("; "),
    ];
  });
  const [headings = [], ...rows] = NEEDED.map((title, row) => [title, ...columns.map((column) => column[row] ?? "")]);
  return table(headings, rows);
}

const NEEDED = [
  "streams",
  "servers",
  "… by processor / memory / files / answers",
  "what decides that",
  "readers on another server than the carrier",
  "Redis: commands a second",
  "… MB/s in / out",
  "… GiB",
  "… cores at work",
  "… masters of a Cluster, each on one core",
  "what decides that",
  "… cores for the index, one key",
  "… cores for signals, one channel",
  "PostgreSQL: answers a second that end",
  "… rows a second",
  "… MB/s of write-ahead log",
  "… cores",
  "… connections",
  "connections to providers",
  "what breaks all the same",
];

function installationLine(model: Model, { streams, breaksFirst }: Installation): string {
  const asked = model.workload.streams;
  if (streams >= asked) return `One installation carries all ${amount(asked)}: of what there is once, nothing breaks.`;
  if (streams === 0) return `No installation carries a single stream: what breaks is ${breaksFirst}.`;
  const parts = Math.ceil(asked / streams);
  return (
    `Within these limits one installation, with as many servers and Redis nodes as it needs, carries ${bold(amount(streams))} streams: then breaks ${breaksFirst}, ` +
    `and no further server or Redis node helps. ${amount(asked)} are ${bold(amount(parts))} installations side by side, each with its own Redis and PostgreSQL.`
  );
}

function breakingTable(breakings: readonly Breaking[], counts: readonly number[]): string {
  const rows = breakings.map(({ title, streams, breaksFirst, worst }) => [
    title,
    amount(streams),
    breaksFirst,
    ...worst.map(({ resource, factor }) =>
      factor <= 1 ? `holds (${percent(factor)})` : `${resource} × ${amount(factor)}`,
    ),
  ]);
  return table(["set-up", "carries", "then breaks", ...counts.map((count) => `at ${amount(count)}`)], rows);
}

function exhaustionTable(model: Model): string {
  const rows = exhaustionOf(model).map(({ resource, streams }) => [resource, amount(streams)]);
  return table(["resource", "exhausted after so many streams"], rows);
}

/** Whole numbers from 10 on, one digit below. */
export function amount(value: number): string {
  const digits = Number.isInteger(value) || value >= 10 ? 0 : value >= 0.1 ? 1 : 3;
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function bold(text: string): string {
  return `**${text}**`;
}
