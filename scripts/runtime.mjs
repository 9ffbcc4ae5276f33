import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root folder. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** The oldest major version of Node that runs the project's TypeScript as it stands. */
export const NEEDED_MAJOR = 24;

const BIN = join(ROOT, "node_modules", ".bin");

/** The major number of a version such as `v24.21.0`; `NaN` when it is none. */
export function majorOf(version) {
  return Number(/^v?(\d+)\./.exec(version.trim())?.[1] ?? Number.NaN);
}

/** A PATH without the project's own tools, for a program that replaces them while it runs. */
export function withoutProjectTools(path, root = ROOT) {
  return path
    .split(delimiter)
    .filter((folder) => !folder.startsWith(join(root, "node_modules")))
    .join(delimiter);
}

/** The environment in which every tool of the project, and everything that it starts, finds the pinned Node first. */
export function toolEnvironment(extra = {}, base = process.env) {
  const path = [BIN, withoutProjectTools(base.PATH ?? "")].filter(Boolean).join(delimiter);
  return { ...base, ...extra, PATH: path };
}

/**
 * The Node that runs the project: the one that the lockfile pins, or, where there is none for this platform, the one that runs
 * this script.
 *
 * @throws {Error} If neither is new enough; the message says what to install.
 */
export function findNode() {
  // The pinned binary may be there and still not start: Alpine's C library is another one than Debian's.
  for (const candidate of [
    join(ROOT, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node"),
    process.execPath,
  ]) {
    if (candidate !== process.execPath && !existsSync(candidate)) continue;
    const { stdout, status } = spawnSync(candidate, ["--version"], { encoding: "utf8" });
    if (status === 0 && majorOf(stdout) >= NEEDED_MAJOR) return candidate;
  }
  throw new Error(
    `Node ${NEEDED_MAJOR} or newer is needed on ${process.platform}-${process.arch}, found ${process.version}: install it from https://nodejs.org and start again\n` +
      `يلزم الإصدار ${NEEDED_MAJOR} من Node أو أحدث على هذا الجهاز، والموجود ${process.version}: ثبّته من https://nodejs.org ثم أعد التشغيل`,
  );
}
