import type { ConfigSource } from "../config/mod.ts";
import { watchConfig } from "../config/mod.ts";
import type { Logger } from "../log.ts";
import type { ProjectQuestions } from "../project/mod.ts";
import { projectSettings } from "../project/mod.ts";
import { prefillSettings } from "../providers/prefill_settings.ts";
import type { RecordStorage } from "../storage/mod.ts";
import type { Carrying } from "./carry_answers.ts";
import type { ConfigInForce } from "./config_in_force.ts";

export interface FollowConfigOptions {
  source: ConfigSource;
  inForce: Pick<ConfigInForce, "replace">;
  storage: Pick<RecordStorage, "prefillMemory">;
  carrying: Pick<Carrying, "resilience">;
  project: Pick<ProjectQuestions, "configure">;
  log: Logger;
}

/**
 * Puts each right change of the configuration's files into force while the server runs.
 *
 * @returns A function that stops the following.
 */
export function followConfig(options: FollowConfigOptions): () => void {
  const { source, inForce, storage, carrying, project, log } = options;
  const { resilience } = carrying;
  return watchConfig({
    ...source,
    onChange(changed) {
      inForce.replace(changed);
      storage.prefillMemory.configure(prefillSettings(changed));
      resilience.hedges.limit(changed.hedging);
      project.configure(projectSettings(changed));
      // A key that was refused may be another one now.
      resilience.breakers.reset();
      log.info("The configuration was reloaded");
    },
    onError: (error) =>
      log.error({ err: error }, "The changed configuration is wrong: the one before it stays in force"),
  });
}
