// The command line in the project: `npm run cogniforge -- COMMAND`. Installs what is missing, as `npm start` does.
import { join } from "node:path";
import { bootstrap } from "./bootstrap.mjs";
import { ensureConsole } from "./console_build.mjs";
import { run } from "./run.mjs";
import { ROOT } from "./runtime.mjs";

const args = process.argv.slice(2);
const { node, env } = await bootstrap();
const needsConsole = args.includes("start") && process.env.COGNIFORGE_CONSOLE !== "off";
const built = needsConsole ? await ensureConsole({ env }) : 0;
const program = join(ROOT, "apps/server/src/cli/main.ts");
const endsWithParent = process.env.npm_lifecycle_event !== undefined;
process.exitCode = built || (await run(node, [program, ...args], { env, shell: false, endsWithParent }));
