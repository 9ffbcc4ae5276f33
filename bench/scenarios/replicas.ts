import { randomUUID } from "node:crypto";
import { cpuMsOf } from "../process/usage.ts";
import { startAnswer } from "../servers/ask.ts";
import type { RunningServer } from "../servers/server.ts";
import type { Stage } from "../stage.ts";
import type { ModeName } from "../wire/modes.ts";
import { figuresOf, lineOf, putLoad } from "./measured.ts";

const STREAMS = 500;

/** Between the beginnings of two answers, in milliseconds: people do not ask in step. */
const APART_MS = 4;

/** The models, by their tokens a second. */
const RATES = { 2: "slowest", 5: "slower" } as const satisfies Record<number, ModeName>;

type Rate = keyof typeof RATES;

/** When all are open and have caught up with what came before them, and before the first of them ends, in milliseconds. */
const STEADY_FROM_MS = 6_000;
const STEADY_UNTIL_MS = 14_000;

const WARM_UP_MS = 5_000;

/** Where a reader of a replica's answers is. */
type Place = "where they are carried" | "through another replica";

/** What stands in the tables. */
export function nameOf(rate: Rate, place: Place): string {
  return `${rate} tokens a second, read ${place}`;
}

/**
 * What it adds that an answer runs on one replica and is read through another: 500 live streams, all carried by one replica, and read
 * there, or from the other one.
 */
export async function runReplicas(stage: Stage): Promise<void> {
  if (!stage.takesPart("cogniforge-shared")) return;
  for (let round = 1; round <= stage.options.rounds; round++) {
    const carrier = await stage.fresh("cogniforge-shared");
    try {
      const other = await stage.replica(carrier);
      try {
        for (const running of [carrier, other]) await warm(stage, running);
        for (const rate of [2, 5] as const) {
          await once(stage, { carrier, other, rate, place: "where they are carried", round });
          await once(stage, { carrier, other, rate, place: "through another replica", round });
        }
      } finally {
        await other.stop();
      }
    } finally {
      await carrier.stop();
    }
  }
}

interface Reading {
  carrier: RunningServer;
  other: RunningServer;
  rate: Rate;
  place: Place;
  round: number;
}

async function once(stage: Stage, { carrier, other, rate, place, round }: Reading): Promise<void> {
  const answerIds = Array.from({ length: STREAMS }, () => randomUUID());
  const model = RATES[rate];
  const isElsewhere = place === "through another replica";
  const pids = [carrier, other].map(({ child }) => child?.pid ?? 0) as [number, number];
  const before = pids.map(cpuMsOf) as [number, number];
  const starting: Promise<void>[] = [];
  for (const answerId of answerIds) {
    starting.push(startAnswer(carrier, answerId, model));
    await new Promise((resolve) => setTimeout(resolve, APART_MS));
  }
  await Promise.all(starting);
  const ramp = { batch: 50, everyMs: 50 };
  const measured = await putLoad(stage, isElsewhere ? other : carrier, {
    ...{ door: "attach", model, isStreamed: true, lanes: STREAMS, answersEach: 1 },
    ...{ answerIds, ramp, steadyFromMs: STEADY_FROM_MS, steadyUntilMs: STEADY_UNTIL_MS },
  });
  const { tokens, broken } = measured.result;
  const figures = figuresOf(measured);
  const perToken = (index: 0 | 1) => ((cpuMsOf(pids[index]) - before[index]) * 1e3) / tokens;
  figures.carrierCpuUsPerToken = perToken(0);
  if (isElsewhere) figures.readerCpuUsPerToken = perToken(1);
  stage.note({ scenario: "replicas", contender: nameOf(rate, place), round, figures, broken }, lineOf(figures));
}

async function warm(stage: Stage, running: RunningServer): Promise<void> {
  const durationMs = stage.options.isQuick ? 1_000 : WARM_UP_MS;
  await putLoad(stage, running, { door: "chat", model: "bulk", isStreamed: true, lanes: 16, durationMs });
}
