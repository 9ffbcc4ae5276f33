// Checks that no file of the project carries a path of the machine on which it was written, or a registry's address in the lockfile.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ROOT } from "./runtime.mjs";

// The letters in brackets keep this file from finding itself.
const PATTERN = '(^|[^[:alnum:]_.])/([w]ork|[f]arm)/|/tmp/bash_[j]obs|"resolved": "[h]ttp|/[r]oot/\\.';

/** The lines, as `file:line:text`, of tracked and new files of a checkout that carry such a path. */
export function machinePaths(root) {
  const { stdout, stderr, status } = spawnSync("git", ["grep", "-nIE", "--untracked", PATTERN], {
    cwd: root,
    encoding: "utf8",
  });
  if (status > 1) throw new Error(`Cannot search the checkout with git grep: ${stderr.trim()}`);
  return stdout.split("\n").filter(Boolean);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = machinePaths(ROOT);
  for (const line of found) process.stdout.write(`${line.slice(0, 200)}\n`);
  process.stdout.write(`${found.length} paths of a machine in the project's files\n`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
