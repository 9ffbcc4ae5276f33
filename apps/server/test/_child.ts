import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Held } from "./_probe.ts";
import { KEY } from "./_server.ts";

const MAIN = fileURLToPath(new URL("../src/main.mjs", import.meta.url));
const PROBE = new URL("_probe.ts", import.meta.url).href;

/** The real program as a process of its own. */
export interface Child extends AsyncDisposable {
  url: string;
  process: ChildProcess;
  /** All that it has written so far, its log included. */
  said: () => string;
  /** Resolves when it has gone; to its exit code, `null` when a signal ended it. */
  exited: Promise<number | null>;
  /** What the process holds after collecting garbage. */
  held: () => Promise<Held>;
}

export interface ChildOptions {
  /** The size that no file of it can exceed, in blocks of 512 bytes: a quota that is used up. */
  fileBlocks?: number;
}

/** Starts `node src/main.mjs` in a folder and waits until it says where it listens. */
export async function startChild(
  directory: string,
  environment: Record<string, string> = {},
  { fileBlocks }: ChildOptions = {},
): Promise<Child> {
  const { PATH = "", HOME = "" } = process.env;
  const command = [process.execPath, "--expose-gc", "--import", PROBE, MAIN];
  const limit = fileBlocks === undefined ? "" : `ulimit -f ${fileBlocks}; `;
  const child = spawn("/bin/sh", ["-c", `${limit}exec "$@"`, "sh", ...command], {
    cwd: directory,
    env: { PATH, HOME, PORT: "0", COGNIFORGE_API_KEY: KEY, COGNIFORGE_CONSOLE: "false", ...environment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const exited = once(child, "exit").then(([code]) => code as number | null);
  let said = "";
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      const found = /CogniForge {3}(http:\S+)/.exec(said);
      if (found?.[1] !== undefined) resolve(found[1]);
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    void exited.then((code) => reject(new Error(`The program ended with ${code} and said: ${said}`)));
  });
  return {
    url,
    process: child,
    said: () => said,
    exited,
    async held() {
      const answer = once(child, "message");
      child.send("measure");
      const [held] = await answer;
      return held as Held;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
