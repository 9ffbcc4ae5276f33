// Models many replicas from what the bench has measured: `npm run model`, `npm run model -- --help`. bench/README.md says more.
import { join } from "node:path";
import { bootstrap } from "./bootstrap.mjs";
import { run } from "./run.mjs";
import { ROOT } from "./runtime.mjs";

const { node, env } = await bootstrap();
process.exitCode = await run(node, [join(ROOT, "bench/model/main.ts"), ...process.argv.slice(2)], {
  env,
  shell: false,
});
