// What was not run, as this machine has no engine for it, in the last lines of a run: a skipped test says nothing of why.
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FILE = "COGNIFORGE_TEST_NOT_RUN";

/** Notes tests that are left out; test files run in processes of their own. */
export function noteNotRun(what: string, why: string): void {
  const line = `NOT RUN: ${what}, as ${why}\n`;
  const { [FILE]: file } = process.env;
  if (file === undefined) process.stderr.write(line);
  else appendFileSync(file, line);
}

/** Of the whole run, by the runner: before its first file, and what is returned after its last one. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "cogniforge-not-run-"));
  const file = join(folder, "lines");
  appendFileSync(file, "");
  process.env[FILE] = file;
  return () => {
    process.stderr.write(readFileSync(file, "utf8"));
    rmSync(folder, { recursive: true });
  };
}
