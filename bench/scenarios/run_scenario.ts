import { runProfiles } from "../profile/profile_cogniforge.ts";
import type { Stage } from "../stage.ts";
import { CLOSED_LOOPS, runClosedLoop } from "./closed_loop.ts";
import { runMemory } from "./memory.ts";
import { runMicro } from "./micro.ts";
import type { ScenarioName } from "./names.ts";
import { OPEN_STREAMS, runOpenStreams } from "./open_streams.ts";
import { runReaders } from "./readers.ts";
import { runReplicas } from "./replicas.ts";
import { runStart } from "./start.ts";

export function runScenario(stage: Stage, name: ScenarioName): Promise<void> {
  switch (name) {
    case "start":
      return runStart(stage);
    case "short":
    case "bulk":
    case "nonstream":
    case "live":
      return runClosedLoop(stage, CLOSED_LOOPS[name]);
    case "open-1000":
    case "open-5000":
      return runOpenStreams(stage, OPEN_STREAMS[name]);
    case "replicas":
      return runReplicas(stage);
    case "late":
    case "stalled":
    case "replay":
      return runReaders(stage, name);
    case "memory":
      return runMemory(stage);
    case "micro":
      return runMicro(stage);
    case "profile":
      return runProfiles(stage);
  }
}
