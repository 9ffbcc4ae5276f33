import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

let ticksPerSecond: number | undefined;

/**
 * CPU time that a process has used so far, all its threads, in milliseconds.
 *
 * @throws {Error} If the process is gone, or the system has no `/proc`.
 */
export function cpuMsOf(pid: number): number {
  return msOf(cpuTicks(statOf(pid)));
}

/** User and system time of a line of `/proc/PID/stat`, in clock ticks. */
export function cpuTicks(stat: string): number {
  return ticksFrom(stat, 11);
}

/** The same of the children that have ended. */
export function endedChildrenTicks(stat: string): number {
  return ticksFrom(stat, 13);
}

/** Two times that stand side by side, by the place of the first after the name. */
function ticksFrom(stat: string, place: number): number {
  // The second field is the program's name in brackets, which may hold blanks and brackets itself.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[place]) + Number(fields[place + 1]);
}

function statOf(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, "latin1");
}

function msOf(ticks: number): number {
  ticksPerSecond ??= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  return (ticks / ticksPerSecond) * 1e3;
}

/**
 * CPU time of a process and of all its children, those that have ended too, in milliseconds.
 *
 * @throws {Error} If the process is gone, or the system has no `/proc`.
 */
export function familyCpuMsOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim().split(" ").filter(Boolean);
  const alive = children.reduce((sum, child) => sum + (existsSync(`/proc/${child}`) ? cpuMsOf(Number(child)) : 0), 0);
  const stat = statOf(pid);
  return msOf(cpuTicks(stat) + endedChildrenTicks(stat)) + alive;
}

/** Memory of a process that is in RAM now, in bytes. */
export function rssOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}

/** Follows a process's memory until it is stopped. */
export class MemoryWatch {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #peak = 0;

  /** @param everyMs Milliseconds between two looks. */
  constructor(pid: number, everyMs = 200) {
    this.#pid = pid;
    this.#look();
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  /** Ends the following; the most bytes that were seen. */
  stop(): number {
    clearInterval(this.#timer);
    this.#look();
    return this.#peak;
  }

  #look(): void {
    this.#peak = Math.max(this.#peak, rssOf(this.#pid));
  }
}
