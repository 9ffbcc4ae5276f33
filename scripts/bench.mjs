// Measures the program beside its peers: `npm run bench`, `npm run bench -- --quick`. bench/README.md says more.
import { join } from "node:path";
import { bootstrap } from "./bootstrap.mjs";
import { ensureConsole } from "./console_build.mjs";
import { run } from "./run.mjs";
import { ROOT } from "./runtime.mjs";

const { node, env } = await bootstrap();
const built = await ensureConsole({ env });
const program = [join(ROOT, "bench/main.ts"), ...process.argv.slice(2)];
const endsWithParent = process.env.npm_lifecycle_event !== undefined;
process.exitCode = built || (await run(node, program, { env, shell: false, endsWithParent }));
