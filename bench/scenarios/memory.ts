import { rssOf } from "../process/usage.ts";
import type { Stage } from "../stage.ts";
import { putLoad } from "./measured.ts";

const STEPS = 10;
const LANES = 20;

/** What the process holds after each tenth of many short answers: the second half shows whether it is flat. */
export async function runMemory(stage: Stage): Promise<void> {
  if (!stage.takesPart("cogniforge")) return;
  const running = await stage.fresh("cogniforge");
  const pid = running.child?.pid ?? 0;
  const answersEach = Math.max(1, Math.ceil(stage.options.answers / STEPS / LANES));
  try {
    const held: number[] = [];
    const broken: Record<string, number> = {};
    for (let step = 0; step < STEPS; step++) {
      const load = { door: "chat", model: "short", isStreamed: true, lanes: LANES, answersEach } as const;
      const { result } = await putLoad(stage, running, load);
      for (const [fault, count] of Object.entries(result.broken)) broken[fault] = (broken[fault] ?? 0) + count;
      held.push(rssOf(pid) / 2 ** 20);
    }
    const figures: Record<string, number> = { answers: answersEach * LANES * STEPS };
    for (const [step, mb] of held.entries()) figures[`step${step + 1}Mb`] = mb;
    figures.secondHalfGrowthMb = (held.at(-1) ?? 0) - (held[STEPS / 2 - 1] ?? 0);
    const line = `${held.map((mb) => mb.toFixed(0)).join(" ")} MiB after each tenth of ${figures.answers} answers`;
    stage.note({ scenario: "memory", contender: "cogniforge", round: 1, figures, broken }, line);
  } finally {
    await running.stop();
  }
}
