import { flushCompileCache } from "node:module";
import { parseArgs } from "node:util";
import type { ExitCode } from "./terminal.ts";

/** `cogniforge start`: the server, as `npm start` runs it; it ends by a signal. */
export async function startCommand(args: string[]): Promise<ExitCode> {
  parseArgs({ args, options: {} });
  await import("../run.ts");
  // Now, since a process that is killed leaves nothing behind.
  flushCompileCache();
  return 0;
}
