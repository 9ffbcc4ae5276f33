import { randomUUID } from "node:crypto";
import { MemoryWatch, rssOf } from "../process/usage.ts";
import { startAnswer, untilEnded } from "../servers/ask.ts";
import type { RunningServer } from "../servers/server.ts";
import type { Stage } from "../stage.ts";
import type { ModeName } from "../wire/modes.ts";
import { figuresOf, type Load, lineOf, putLoad } from "./measured.ts";

/** Readers of one answer. */
interface Readers {
  name: string;
  model: ModeName;
  readers: number;
  /** Whether they come when the answer has ended, or so many milliseconds after its beginning. */
  come: "after-end" | number;
  more?: Partial<Load>;
}

const SCENARIOS = {
  late: {
    name: "late",
    model: "watched",
    readers: 1_000,
    come: 2_000,
    more: { ramp: { batch: 200, everyMs: 100 }, steadyFromMs: 1_500 },
  },
  stalled: { name: "stalled", model: "long", readers: 10, come: 0, more: { stalled: { lanes: 4, forMs: 8_000 } } },
  replay: { name: "replay", model: "long", readers: 10, come: "after-end" },
} as const satisfies Record<string, Readers>;

/** Only CogniForge has answers that outlive their reader: many readers of one, a few that stop reading, and replay. */
export async function runReaders(stage: Stage, name: keyof typeof SCENARIOS): Promise<void> {
  if (!stage.takesPart("cogniforge")) return;
  for (let round = 1; round <= stage.options.rounds; round++) {
    const running = await stage.fresh("cogniforge");
    try {
      await once(stage, running, SCENARIOS[name], round);
    } finally {
      await running.stop();
    }
  }
}

async function once(
  stage: Stage,
  running: RunningServer,
  { name, model, readers, come, more }: Readers,
  round: number,
): Promise<void> {
  const answerId = randomUUID();
  const asked = await stage.upstream.requests();
  const pid = running.child?.pid ?? 0;
  await startAnswer(running, answerId, model);
  if (come === "after-end") await untilEnded(running, answerId);
  else await new Promise((resolve) => setTimeout(resolve, come));
  const idle = rssOf(pid);
  const watch = new MemoryWatch(pid, 50);
  const load = {
    door: "attach",
    model,
    isStreamed: true,
    lanes: readers,
    answersEach: 1,
    answerIds: [answerId],
    ...more,
  } as const;
  const measured = await putLoad(stage, running, load);
  const figures = figuresOf(measured);
  figures.peakMb = watch.stop() / 2 ** 20;
  figures.grownMb = figures.peakMb - idle / 2 ** 20;
  figures.elapsedMs = measured.result.elapsedMs;
  figures.upstreamRequests = (await stage.upstream.requests()) - asked;
  const line = `${lineOf(figures)} ${figures.elapsedMs.toFixed(0)} ms in all, ${figures.grownMb.toFixed(0)} MiB more`;
  stage.note({ scenario: name, contender: "cogniforge", round, figures, broken: measured.result.broken }, line);
}
