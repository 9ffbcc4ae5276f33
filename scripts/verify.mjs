// Tries everything that matters and ends with 1 when something is wrong: `npm run verify`, `npm run verify -- --lang ar`.
import { join } from "node:path";
import { bootstrap } from "./bootstrap.mjs";
import { run } from "./run.mjs";
import { ROOT } from "./runtime.mjs";

const { node, env } = await bootstrap();
const program = join(ROOT, "apps/server/src/cli/main.ts");
process.exitCode = await run(node, [program, "verify", ...process.argv.slice(2)], { env, shell: false });
