import { cpuMsOf, rssOf } from "../process/usage.ts";
import type { ServerName } from "../servers/server.ts";
import type { Stage } from "../stage.ts";

/** The start is over by then, and what only it needed is given back, in milliseconds. */
const REST_MS = 4_000;

/** How soon each server answers after the start of its process, and what it holds when nobody asks. */
export async function runStart(stage: Stage): Promise<void> {
  const servers = (["pipe", "portkey", "cogniforge"] as const satisfies ServerName[]).filter((name) =>
    stage.takesPart(name),
  );
  for (let round = 1; round <= stage.options.rounds; round++) {
    for (const server of servers) {
      const running = await stage.fresh(server);
      const startCpuMs = cpuMsOf(running.child?.pid ?? 0);
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      const idleMb = rssOf(running.child?.pid ?? 0) / 2 ** 20;
      await running.stop();
      const figures = { startMs: running.startMs, startCpuMs, idleMb };
      const line = `${running.startMs.toFixed(0).padStart(6)} ms to its first answer ${startCpuMs.toFixed(0).padStart(6)} ms CPU ${idleMb.toFixed(0).padStart(5)} MiB idle`;
      stage.note({ scenario: "start", contender: server, round, figures, broken: {} }, line);
    }
  }
}
