import assert from "node:assert/strict";
import { test } from "node:test";
import { goalsTable } from "./tables.ts";

test("goalsTable() compares medians of one run and leaves out what was not measured", () => {
  const record = (contender: string, cpuMsPerAnswer: number, round: number) => ({
    scenario: "short",
    contender,
    round,
    figures: { cpuMsPerAnswer },
    broken: contender === "cogniforge" && round === 2 ? { missing: 3 } : {},
  });
  const table = goalsTable([
    ...[1, 2, 9].map((ms, round) => record("cogniforge", ms, round)),
    ...[2, 2, 2].map((ms, round) => record("pipe", ms, round)),
  ]);
  assert.match(table, /short request ÷ minimal Node pipe \| 1\.00 \| ± 200 % \| 1\.25 \| 0\.90 \| met \|/);
  assert.match(table, /Broken answers of CogniForge, every run \| 3 \|.*\*\*missed\*\*/);
  assert.doesNotMatch(table, /bulk token/);
});
