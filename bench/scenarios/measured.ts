import type { Job, JobResult } from "../client/job.ts";
import { engineFigures } from "../engines/engines.ts";
import { cpuMsOf } from "../process/usage.ts";
import type { RunningServer } from "../servers/server.ts";
import type { Stage } from "../stage.ts";

/** What a job leaves out, as its server has it. */
export type Load = Omit<Job, "port" | "headers">;

/** How long a server may tidy up behind the last answer before its CPU is read, in milliseconds. */
const SETTLE_MS = 200;

/** What came of a load. */
export interface Measured {
  result: JobResult;
  /** CPU that the server used for it, in milliseconds; absent where there is no server. */
  cpuMs: number | undefined;
  /** What the engines below the server did for it. */
  engines: Record<string, number>;
}

/** Puts a load on a server. */
export async function putLoad(
  { client }: Stage,
  { child, port, headers, engineUsage, kibPerAnswer }: RunningServer,
  load: Load,
): Promise<Measured> {
  const usedBefore = await engineUsage?.();
  const before = child && cpuMsOf(child.pid);
  const beganAt = performance.now();
  const result = await client.run({ ...load, port, headers });
  if (child === undefined || before === undefined) return { result, cpuMs: undefined, engines: {} };
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const cpuMs = cpuMsOf(child.pid) - before;
  const used = await engineUsage?.();
  if (used === undefined || usedBefore === undefined) return { result, cpuMs, engines: {} };
  const engines = engineFigures(usedBefore, used, result);
  const kib = await kibPerAnswer?.(performance.now() - beganAt);
  if (kib !== undefined) engines.redisKibPerAnswer = kib;
  return { result, cpuMs, engines };
}

/** The figures that every load gives. */
export function figuresOf({ result, cpuMs, engines }: Measured): Record<string, number> {
  const { answers, tokens, elapsedMs, firstToken, latency, total } = result;
  const hasAny = answers > 0 && tokens > 0;
  return {
    ...(cpuMs !== undefined &&
      hasAny && { cpuMsPerAnswer: cpuMs / answers, cpuUsPerToken: (cpuMs * 1e3) / tokens, cpuMs }),
    answers,
    tokens,
    answersPerSecond: (answers * 1e3) / elapsedMs,
    tokensPerSecond: (tokens * 1e3) / elapsedMs,
    firstTokenP50Ms: firstToken.p50 / 1e3,
    firstTokenP99Ms: firstToken.p99 / 1e3,
    latencyP50Ms: latency.p50 / 1e3,
    latencyP99Ms: latency.p99 / 1e3,
    latencyMaxMs: latency.max / 1e3,
    totalP50Ms: total.p50 / 1e3,
    totalP99Ms: total.p99 / 1e3,
    clientBusy: result.clientCpuMs / elapsedMs,
    ...engines,
  };
}

export function lineOf(figures: Record<string, number>): string {
  const of = (name: string, digits: number, unit: string) =>
    figures[name] === undefined ? "" : `${figures[name].toFixed(digits).padStart(8)} ${unit}`;
  return [
    of("cpuMsPerAnswer", 3, "ms/answer"),
    of("cpuUsPerToken", 1, "µs/token"),
    of("tokensPerSecond", 0, "tokens/s"),
    of("firstTokenP50Ms", 1, "ms first token"),
    of("latencyP99Ms", 1, "ms p99"),
  ]
    .filter(Boolean)
    .join(" ");
}
