import { run } from "./run.mjs";

/**
 * Runs tasks over the workspaces with turbo, one after the other: the runners inside use both cores of a small machine already, and
 * tests that wait for each other's cores are no evidence.
 *
 * @param {{ env: object, workspace?: string, concurrency?: number, onOutput?: (text: string) => void }} options
 */
export function runTurbo(tasks, { env, filters = [], concurrency = 1, args = [], onOutput }) {
  return run(
    "turbo",
    [
      "run",
      ...tasks,
      `--concurrency=${concurrency}`,
      "--ui=stream",
      "--log-order=stream",
      ...filters.map((filter) => `--filter=${filter}`),
      ...args,
    ],
    // npm's own lines around every task say nothing that turbo does not say.
    {
      env: {
        ...env,
        npm_config_loglevel: "silent",
        TURBO_TELEMETRY_DISABLED: "1",
        DO_NOT_TRACK: "1",
        TURBO_NO_UPDATE_NOTIFIER: "1",
      },
      onOutput,
    },
  );
}
