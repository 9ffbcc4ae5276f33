// `npm run bench`: CogniForge beside its peers, between one fake provider and one load client.
import { HELP, isFull, readOptions } from "./options.ts";
import { profileCogniforge } from "./profile/profile_cogniforge.ts";
import { describeMachine } from "./report/machine.ts";
import { goalsTable } from "./report/tables.ts";
import { writeReport } from "./report/write_report.ts";
import { runScenario } from "./scenarios/run_scenario.ts";
import { Stage, say } from "./stage.ts";

if (process.argv.includes("--help")) say(HELP);
else await main();

async function main(): Promise<void> {
  if (process.platform !== "linux") {
    say("The bench reads CPU and memory from /proc: run it on Linux, or in a container");
    process.exitCode = 1;
    return;
  }
  const options = readOptions(process.argv.slice(2));
  const machine = describeMachine();
  const beganAt = performance.now();
  const stage = await Stage.open(options);
  const minutes = () => (performance.now() - beganAt) / 60_000;
  try {
    if (options.isProfile) {
      await profileCogniforge(stage);
      return;
    }
    for (const [index, name] of options.only.entries()) {
      say(`\n── ${name} (${index + 1} of ${options.only.length}, ${minutes().toFixed(1)} min so far)`);
      await runScenario(stage, name);
    }
  } finally {
    await stage.close();
  }
  const { rounds, isPinned } = options;
  const run = { ...machine, isPinned, rounds, minutes: minutes() };
  const report = { run, missing: Object.fromEntries(stage.missing), records: stage.records };
  const isPublished = options.isPublished || (isFull(options) && stage.missing.size === 0);
  const files = writeReport(report, isPublished ? (options.isOfReplicas ? "scaling" : "performance") : undefined);
  say(`\n${goalsTable(stage.records)}\n\nWritten: ${files.join(", ")}; ${minutes().toFixed(1)} minutes`);
}
