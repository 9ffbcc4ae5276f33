// Starts the whole product: dependencies, the console's pages, then the server, which owns the terminal from there on.
import { join } from "node:path";
import { bootstrap } from "./bootstrap.mjs";
import { ensureConsole } from "./console_build.mjs";
import { run } from "./run.mjs";
import { ROOT } from "./runtime.mjs";

const { node, env } = await bootstrap();
const built = process.env.COGNIFORGE_CONSOLE === "off" ? 0 : await ensureConsole({ env });
const server = [join(ROOT, "apps/server/src/main.mjs"), ...process.argv.slice(2)];
// npm runs scripts in a shell that dies without telling them: nobody would stop the server, and it would keep its port.
const endsWithParent = process.env.npm_lifecycle_event !== undefined;
process.exitCode = built || (await run(node, server, { env, shell: false, endsWithParent }));
