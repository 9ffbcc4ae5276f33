import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { replaceMarked } from "../report/replace_marked.ts";
import { SYNTHETIC_RECORDS } from "./_synthetic_report.ts";
import { readOptions } from "./options.ts";

const folder = mkdtempSync(join(tmpdir(), "cogniforge-model-"));
after(() => rmSync(folder, { recursive: true }));
const RUN = { date: "SYNTHETIC", commit: "none", cpu: "none", cores: 2, rounds: 1 };

function model(report: unknown, ...args: string[]) {
  const from = join(folder, "report.json");
  writeFileSync(from, typeof report === "string" ? report : JSON.stringify(report));
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  return spawnSync(process.execPath, [main, "--from", from, ...args], { encoding: "utf8" });
}

test("the model says from a report what is needed, what breaks first, and what a death does", () => {
  const { status, stdout, stderr } = model({ run: RUN, records: SYNTHETIC_RECORDS }, "--streams", "2000");
  assert.deepEqual([status, stderr], [0, ""]);
  assert.match(stdout, /\| streams \| 1,000 \| 2,000 \|/);
  assert.match(stdout, /\| servers \| \*\*4\*\* \| \*\*7\*\* \|/);
  assert.match(stdout, /\| 1 server over one file \| 600 \| a server's processor \|/);
  assert.match(stdout, /\| one dies \| 7 \|/);
  assert.doesNotMatch(stdout, /NaN|undefined|Infinity/);
});

test("the model divides what one installation can't carry, and plays no answers that are too short", () => {
  const report = { run: RUN, records: SYNTHETIC_RECORDS };
  const parts = model(report, "--streams", "100000");
  assert.match(parts.stdout, /carries \*\*27,075\*\* streams: then breaks PostgreSQL's connections/);
  assert.match(parts.stdout, /100,000 are \*\*4\*\* installations side by side/);
  assert.match(parts.stdout, /One installation of 27,075 streams, .*\n[\s\S]*\| one dies \| 90 \|/);
  assert.match(
    model(report, "--streams", "100", "--tokens", "5").stdout,
    /Not played, as answers of 1 s are too short/,
  );
});

test("the model ends with 1 and says why, without a stack, where something is missing or wrong", () => {
  const old = SYNTHETIC_RECORDS.filter(({ contender }) => contender === "cogniforge");
  const faults: [unknown, string[], RegExp][] = [
    [{ run: RUN, records: old }, [], /is missing\nMeasure them with: npm run bench -- --replicas/],
    [{ run: RUN, records: SYNTHETIC_RECORDS }, ["--streams", "many"], /--streams takes a number: 'many' is none/],
    [{ run: RUN, records: SYNTHETIC_RECORDS }, ["--replicas", "3"], /--replicas/],
    [{ run: RUN, records: SYNTHETIC_RECORDS }, ["--memory", "50"], /an idle one takes 100 MiB/],
    ["{", [], /as JSON/],
    [{ records: "none" }, [], /'run' and 'records'/],
  ];
  for (const [report, args, message] of faults) {
    const { status, stderr } = model(report, ...args);
    assert.equal(status, 1, stderr);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\n {4}at /);
  }
});

test("readOptions() keeps numbers in their range", () => {
  const faults: [string, string, RegExp][] = [
    ["--streams", "0", /from 1 to/],
    ["--streams", "1.5", /whole number/],
    ["--streams", "1e9", /from 1 to 10000000/],
    ["--rate", "0", /above 0/],
    ["--tokens", "", /'' is none/],
    ["--elsewhere", "1.1", /from 0 to 1/],
    ["--usable", "2", /from 0 to 1/],
    ["--signals", "-1", /./],
  ];
  for (const [option, value, message] of faults) {
    assert.throws(() => readOptions([`${option}=${value}`]), message, option);
  }
  const { workload, limits, from, isWritten } = readOptions([
    "--rate=2.5",
    "--elsewhere=0",
    "--memory",
    "4096",
    "--write",
  ]);
  assert.deepEqual([workload.tokensPerSecond, workload.elsewhere, limits.replicaMib], [2.5, 0, 4096]);
  assert.deepEqual([workload.streams, from, isWritten], [1_000_000, "docs/scaling.json", true]);
});

test("the page has the marks between which the model writes", () => {
  const page = readFileSync(new URL("../../docs/scaling.md", import.meta.url), "utf8");
  assert.match(replaceMarked(page, "model", "TABLES"), /<!-- model: begin -->\n\nTABLES\n\n<!-- model: end -->/);
});
