import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp } from "../app/mod.ts";
import { readOrCreateAuthSecret } from "../auth/mod.ts";
import type { ConfigSource } from "../config/mod.ts";
import type { LocalServer } from "../doctor/mod.ts";
import { makePass } from "../doctor/mod.ts";
import { createLogger } from "../log.ts";

/** A server with the configuration of this folder, over an empty data folder and on a free port, until it is disposed of. */
export async function startTrialServer({
  environment,
  directory,
}: ConfigSource): Promise<{ server: LocalServer } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "cogniforge-verify-"));
  const tidy = () => rm(folder, { recursive: true, force: true });
  try {
    const app = await startApp({
      environment: {
        ...environment,
        HOST: "127.0.0.1",
        PORT: "0",
        COGNIFORGE_DATA_DIR: folder,
        COGNIFORGE_CONSOLE: "off",
        ADMIN_EMAIL: "",
        ADMIN_PASSWORD: "",
        // What a trial does is nobody's measure.
        OTEL_SDK_DISABLED: "true",
      },
      directory,
      log: createLogger("silent"),
    });
    const secret = await readOrCreateAuthSecret(folder);
    return {
      server: { url: app.url, kind: "trial", key: () => makePass(secret) },
      async [Symbol.asyncDispose]() {
        await app.close(0);
        await tidy();
      },
    };
  } catch (error) {
    await tidy();
    throw error;
  }
}
