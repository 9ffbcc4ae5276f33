import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";

/** On what and with what a run was made. */
export interface RunInfo {
  /** Day of the run. */
  date: string;
  /** Commit of the project, with a mark where files differ from it. */
  commit: string;
  node: string;
  system: string;
  cpu: string;
  cores: number;
  memoryGib: number;
  /** What else ran on the machine when the run began: runnable processes in the last minute. */
  loadBefore: number;
  isPinned: boolean;
  rounds: number;
  minutes: number;
}

export function describeMachine(): Pick<
  RunInfo,
  "date" | "commit" | "node" | "system" | "cpu" | "cores" | "memoryGib" | "loadBefore"
> {
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: git("describe", "--always", "--dirty"),
    node: process.version,
    system: `${type()} ${release()}`,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    loadBefore: Number(readFileSync("/proc/loadavg", "latin1").split(" ")[0]),
  };
}

function git(...args: string[]): string {
  try {
    return execFileSync("git", args, { cwd: import.meta.dirname, encoding: "utf8" }).trim();
  } catch {
    // From an archive, without its history.
    return "unknown";
  }
}
