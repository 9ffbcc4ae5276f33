import type { Contender } from "../contenders.ts";
import type { Stage } from "../stage.ts";
import type { ModeName } from "../wire/modes.ts";
import { figuresOf, type Load, lineOf, putLoad } from "./measured.ts";

/** A number of connections, each with one answer after the other. */
export interface ClosedLoop {
  name: string;
  model: ModeName;
  isStreamed: boolean;
  lanes: number;
  /** Answers of each lane; absent: as many as there is time for. */
  answersEach?: number;
}

export const CLOSED_LOOPS = {
  short: { name: "short", model: "short", isStreamed: true, lanes: 32 },
  bulk: { name: "bulk", model: "bulk", isStreamed: true, lanes: 16 },
  nonstream: { name: "nonstream", model: "short", isStreamed: false, lanes: 32 },
  live: { name: "live", model: "live", isStreamed: true, lanes: 100, answersEach: 1 },
} as const satisfies Record<string, ClosedLoop>;

const MEASURED_MS = 3_000;
const WARM_UP_MS = 5_000;
const QUICK_MS = 1_000;

/** Measures all contenders in turn, round by round, on servers that are warm. */
export async function runClosedLoop(stage: Stage, loop: ClosedLoop): Promise<void> {
  const contenders = stage.contenders(({ door }) => loop.isStreamed || door === "chat");
  const measuredMs = stage.options.isQuick ? QUICK_MS : MEASURED_MS;
  for (const contender of contenders) await once(stage, loop, contender, stage.options.isQuick ? QUICK_MS : WARM_UP_MS);
  for (let round = 1; round <= stage.options.rounds; round++) {
    for (const contender of contenders) {
      const measured = await once(stage, loop, contender, measuredMs);
      const figures = figuresOf(measured);
      const { broken } = measured.result;
      stage.note({ scenario: loop.name, contender: contender.name, round, figures, broken }, lineOf(figures));
    }
  }
}

export function loadOf({ model, isStreamed, lanes, answersEach }: ClosedLoop, durationMs: number): Omit<Load, "door"> {
  return { model, isStreamed, lanes, ...(answersEach === undefined ? { durationMs } : { answersEach }) };
}

async function once(stage: Stage, loop: ClosedLoop, { server, door }: Contender, durationMs: number) {
  const running = await stage.shared(server);
  return putLoad(stage, running, { door, ...loadOf(loop, durationMs) });
}
