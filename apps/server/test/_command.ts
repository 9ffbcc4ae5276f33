import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));

/** What a command left behind. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  /** The folder to stand in. */
  directory: string;
  environment?: Record<string, string>;
  stdin?: string;
  /** Told of the process as soon as it runs. */
  onStart?: (child: ChildProcess) => void;
}

/** Runs `cogniforge` with these arguments to its end, as a user would. */
export async function cogniforge(
  args: string[],
  { directory, environment, stdin, onStart }: CommandOptions,
): Promise<Ended> {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: directory,
    env: { PATH, HOME, PORT: "0", ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  onStart?.(child);
  child.stdin.end(stdin ?? "");
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [code] = await once(child, "close");
  return { code: code as number | null, stdout, stderr };
}

/** A folder that is gone with its scope. */
export async function workFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "cogniforge-cli-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
