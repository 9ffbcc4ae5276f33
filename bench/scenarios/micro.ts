import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { MicroResult } from "../micro/repeat.ts";
import { spawnNode } from "../process/spawn.ts";
import type { Stage } from "../stage.ts";

const PROGRAM = fileURLToPath(new URL("../micro/main.ts", import.meta.url));

/** Parts of CogniForge by themselves, each round in a process of its own. */
export async function runMicro(stage: Stage): Promise<void> {
  for (let round = 1; round <= stage.options.rounds; round++) {
    const child = spawnNode([PROGRAM, stage.options.isQuick ? "200" : "1000"], { hasChannel: true });
    const exited = once(child.process, "exit");
    const results: MicroResult[] = [];
    child.process.on("message", (result: MicroResult) => results.push(result));
    const [code] = await exited;
    if (code !== 0) throw new Error(`The micro benchmarks ended with ${code}: ${child.said()}`);
    for (const { name, perSecond, unit } of results) {
      const line = `${Math.round(perSecond).toLocaleString("en")} ${unit}/s`;
      stage.note({ scenario: "micro", contender: name, round, figures: { perSecond }, broken: {} }, line);
    }
  }
}
