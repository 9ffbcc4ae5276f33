// Starts the whole product: dependencies, the console's pages, then the server, which owns the terminal from there on.
import { join } from "node:path";
import { bootstrap } from "./bootstrap.mjs";
import { ensureConsole } from "./console_build.mjs";
import { run } from "./run.mjs";
import { ROOT } from "./runtime.mjs";

const { node, env } = await bootstrap();
const built = process.env.COGNIFORGE_CONSOLE === "off" ? 0 : await ensureConsole({ env });
process.exitCode =
  built || (await run(node, [join(ROOT, "apps/server/src/main.ts"), ...process.argv.slice(2)], { env, shell: false }));
