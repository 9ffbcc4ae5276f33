import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Contender } from "../contenders.ts";
import { CLOSED_LOOPS, type ClosedLoop, loadOf } from "../scenarios/closed_loop.ts";
import { figuresOf, lineOf, putLoad } from "../scenarios/measured.ts";
import { type Stage, say } from "../stage.ts";
import { timesByKind } from "./kinds.ts";
import { type CpuProfile, functionOf, ownerOf, type SelfTime, selfTimes } from "./self_times.ts";

const FOLDER = fileURLToPath(new URL("../results/profiles", import.meta.url));
const PRELOAD = new URL("preload.ts", import.meta.url).href;
const WARM_UP_MS = 15_000;
const MEASURED_MS = 6_000;

/** What the published profile is of: whatever has a goal of its own over `/v1`. */
const PUBLISHED: readonly ClosedLoop[] = [
  ...Object.values(CLOSED_LOOPS),
  { name: "open-1000", model: "slow", isStreamed: true, lanes: 1_000, answersEach: 1 },
];

/** Shows where CogniForge spends its time when it is warm, for each scenario and door; the profiles stay, for a viewer. */
export async function profileCogniforge(stage: Stage): Promise<void> {
  for (const loop of Object.values(CLOSED_LOOPS)) {
    if (!stage.options.only.includes(loop.name)) continue;
    const isFor = ({ server, door }: Contender) =>
      server.startsWith("cogniforge") && (loop.isStreamed || door === "chat");
    for (const contender of stage.contenders(isFor)) {
      const { found, line } = await profile(stage, loop, contender);
      say(`\n── ${loop.name}, ${contender.name}: ${line}`);
      show("by owner", selfTimes(found, ownerOf).slice(0, 20));
      show("by function", selfTimes(found, functionOf).slice(0, 30));
    }
  }
}

/** Keeps what share of its time `/v1` spends with what, in percent. */
export async function runProfiles(stage: Stage): Promise<void> {
  const [contender] = stage.contenders(({ server, door }) => server === "cogniforge" && door === "chat");
  if (contender === undefined) return;
  for (const loop of PUBLISHED) {
    const { found, line } = await profile(stage, loop, contender);
    const figures = Object.fromEntries(timesByKind(found).map(({ name, share }) => [name, share * 100]));
    stage.note({ scenario: "profile", contender: loop.name, round: 1, figures, broken: {} }, line);
  }
}

async function profile(stage: Stage, loop: ClosedLoop, { name, server, door }: Contender) {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${loop.name}-${name}.cpuprofile`);
  rmSync(path, { force: true });
  const running = await stage.fresh(server, ["--import", `${PRELOAD}?out=${encodeURIComponent(path)}`]);
  try {
    // One slow answer of each lane warms nothing.
    const warming = loop.answersEach === undefined ? loop : CLOSED_LOOPS.short;
    await putLoad(stage, running, { door, ...loadOf(warming, WARM_UP_MS) });
    running.child?.process.kill("SIGUSR2");
    const measured = await putLoad(stage, running, { door, ...loadOf(loop, MEASURED_MS) });
    running.child?.process.kill("SIGUSR2");
    while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 50));
    return { found: JSON.parse(readFileSync(path, "utf8")) as CpuProfile, line: lineOf(figuresOf(measured)) };
  } finally {
    await running.stop();
  }
}

function show(title: string, times: readonly SelfTime[]): void {
  say(`   ${title}`);
  for (const { name, share } of times) say(`   ${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
}
