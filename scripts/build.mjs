// Builds every workspace that has something to build: today the console's pages.
import { bootstrap } from "./bootstrap.mjs";
import { consoleSources, stampConsole } from "./console_build.mjs";
import { runTurbo } from "./turbo.mjs";

const { env } = await bootstrap();
const sources = consoleSources();
process.exitCode = await runTurbo(["build"], { env });
if (process.exitCode === 0 && consoleSources() === sources) stampConsole();
