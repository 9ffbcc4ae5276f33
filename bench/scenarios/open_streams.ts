import type { Contender } from "../contenders.ts";
import { MemoryWatch, rssOf } from "../process/usage.ts";
import type { Stage } from "../stage.ts";
import type { ModeName } from "../wire/modes.ts";
import { figuresOf, lineOf, putLoad } from "./measured.ts";

/** Slow streams that are all open at the same time. */
export interface OpenStreams {
  name: string;
  model: ModeName;
  streams: number;
  ramp: { batch: number; everyMs: number };
  /** When all are open and have settled, in milliseconds. */
  steadyFromMs: number;
  /** Whether the same load comes once more, for the times of a server that is warm; its memory is that of the first. */
  isRepeated: boolean;
}

export const OPEN_STREAMS = {
  "open-1000": {
    name: "open-1000",
    model: "slow",
    streams: 1_000,
    ramp: { batch: 100, everyMs: 100 },
    steadyFromMs: 2_000,
    isRepeated: true,
  },
  // A thousand at once is more than Node's usual queue of connections.
  "open-5000": {
    name: "open-5000",
    model: "slower",
    streams: 5_000,
    ramp: { batch: 1_000, everyMs: 1_000 },
    steadyFromMs: 7_000,
    isRepeated: false,
  },
} as const satisfies Record<string, OpenStreams>;

/** How long a server may rest after its start before its memory is read, in milliseconds. */
const REST_MS = 4_000;

/** Opens them at each contender in turn, at a server that has just started, since memory is a matter of history. */
export async function runOpenStreams(stage: Stage, scenario: OpenStreams): Promise<void> {
  const contenders = stage.contenders(({ door }) => door === "chat");
  for (let round = 1; round <= stage.options.rounds; round++) {
    for (const contender of contenders) await once(stage, scenario, contender, round);
  }
}

async function once(
  stage: Stage,
  { name, model, streams, ramp, steadyFromMs, isRepeated }: OpenStreams,
  { name: contender, server, door }: Contender,
  round: number,
): Promise<void> {
  const running = await stage.fresh(server);
  try {
    await new Promise((resolve) => setTimeout(resolve, running.child ? REST_MS : 0));
    const idle = running.child && rssOf(running.child.pid);
    const watch = running.child && new MemoryWatch(running.child.pid);
    const load = { door, model, isStreamed: true, lanes: streams, answersEach: 1, ramp, steadyFromMs };
    const first = await putLoad(stage, running, load);
    const peak = watch?.stop();
    const measured = isRepeated ? await putLoad(stage, running, load) : first;
    const figures = figuresOf(measured);
    if (idle !== undefined && peak !== undefined) {
      figures.idleMb = idle / 2 ** 20;
      figures.peakMb = peak / 2 ** 20;
      figures.peakKibPerStream = (peak - idle) / 2 ** 10 / streams;
    }
    const memory = figures.peakKibPerStream === undefined ? "" : ` ${figures.peakKibPerStream.toFixed(0)} KiB/stream`;
    const broken = isRepeated ? added(first.result.broken, measured.result.broken) : first.result.broken;
    stage.note({ scenario: name, contender, round, figures, broken }, `${lineOf(figures)}${memory}`);
  } finally {
    await running.stop();
  }
}

/** Faults of both, by their kind. */
function added(one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): Record<string, number> {
  const kinds = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(kinds.map((kind) => [kind, (one[kind] ?? 0) + (other[kind] ?? 0)]));
}
