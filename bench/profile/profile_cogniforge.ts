import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CLOSED_LOOPS, loadOf } from "../scenarios/closed_loop.ts";
import { figuresOf, lineOf, putLoad } from "../scenarios/measured.ts";
import { type Stage, say } from "../stage.ts";
import { type CpuProfile, selfTimes } from "./self_times.ts";

const FOLDER = fileURLToPath(new URL("../results/profiles", import.meta.url));
const MEASURED_MS = 5_000;
const SHOWN = 30;

/** Shows in which functions CogniForge spends its time, for each scenario and door; the profiles stay, for a viewer. */
export async function profileCogniforge(stage: Stage): Promise<void> {
  const contenders = stage.contenders(({ server }) => server === "cogniforge");
  for (const loop of Object.values(CLOSED_LOOPS)) {
    if (!stage.options.only.includes(loop.name)) continue;
    for (const { name, door } of contenders) {
      if (!("isStreamed" in loop && loop.isStreamed) && door !== "chat") continue;
      const folder = join(FOLDER, `${loop.name}-${name}`);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      const running = await stage.fresh("cogniforge", ["--cpu-prof", `--cpu-prof-dir=${folder}`]);
      try {
        const figures = figuresOf(await putLoad(stage, running, { door, ...loadOf(loop, MEASURED_MS) }));
        say(`\n── ${loop.name}, ${name}: ${lineOf(figures)}`);
      } finally {
        await running.stop();
      }
      showProfiles(folder);
    }
  }
}

/** One profile a thread. */
function showProfiles(folder: string): void {
  for (const file of readdirSync(folder)) {
    const profile = JSON.parse(readFileSync(join(folder, file), "utf8")) as CpuProfile;
    const times = selfTimes(profile);
    const sum = times.reduce((all, { selfMs }) => all + selfMs, 0);
    say(`\n   ${file}: ${sum.toFixed(0)} ms`);
    for (const { name, selfMs, share } of times.slice(0, SHOWN)) {
      say(`   ${(share * 100).toFixed(1).padStart(5)} % ${selfMs.toFixed(0).padStart(6)} ms  ${name}`);
    }
  }
}
