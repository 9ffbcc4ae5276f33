import type { App } from "./app/mod.ts";
import { startApp } from "./app/mod.ts";
import { ConfigError } from "./config/mod.ts";
import { createLogger } from "./log.ts";
import { RedisOpenError } from "./redis/redis_open_error.ts";
import { giveBackStartMemory } from "./start_memory.ts";
import { StorageOpenError } from "./storage/mod.ts";
import { printWelcome } from "./welcome.ts";

/** Signals closer together than this are one. */
const REPEATED_SIGNAL_MS = 1_000;

const log = createLogger(process.env.COGNIFORGE_LOG_LEVEL);

try {
  const app = await startApp({ environment: process.env, directory: process.cwd(), log });
  printWelcome(app, process.env);
  stopOnSignal(app);
  giveBackStartMemory(() => app.activity().running > 0);
} catch (error) {
  console.error(explain(error));
  process.exit(1);
}

/** Stops in good order at the first signal, and at once when somebody insists. */
function stopOnSignal(app: App): void {
  let stoppingSince: number | undefined;
  const stop = (signal: NodeJS.Signals) => {
    if (stoppingSince !== undefined) {
      // A process group's signal may come twice, once by itself and once forwarded: that is not insistence.
      if (Date.now() - stoppingSince > REPEATED_SIGNAL_MS) process.exit(1);
      return;
    }
    stoppingSince = Date.now();
    log.info({ signal }, "Stopping");
    app.close(app.config.drainMs).then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, "Stopping failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.format();
  if (error instanceof StorageOpenError || error instanceof RedisOpenError) return error.format();
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
    return [
      `The port is taken: ${error.message}. Stop the other program, or set PORT to another port.`,
      "المنفذ مشغول: أوقف البرنامج الآخر أو عيّن المتغير PORT إلى منفذ آخر.",
    ].join("\n");
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
