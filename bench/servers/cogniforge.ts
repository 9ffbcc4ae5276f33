import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MODES } from "../wire/modes.ts";
import type { ServerDefinition } from "./server.ts";

const PROGRAM = fileURLToPath(new URL("../../apps/server/src/main.mjs", import.meta.url));

/** The key of programs, which every request to any server carries. */
export const KEY = "cf-bench-0123456789abcdef";

/** The project's own program as it is started everywhere: journal, measures, sign-in and console on, over an empty data folder. */
export const cogniforge: ServerDefinition = {
  name: "cogniforge",
  title: "CogniForge",
  async command({ upstreamPort, port, folder, stores }) {
    const models = ["default", ...Object.keys(MODES)];
    const target = (model: string) => ({ provider: "bench", model: model === "default" ? "short" : model });
    const config = {
      providers: {
        bench: { dialect: "openai-chat", baseUrl: `http://127.0.0.1:${upstreamPort}/v1`, apiKey: "sk-1f0c6b7d2e" },
      },
      routes: Object.fromEntries(models.map((model) => [model, { targets: [target(model)] }])),
    };
    const file = join(folder, "cogniforge.config.json");
    await writeFile(file, JSON.stringify(config));
    return {
      args: [PROGRAM],
      env: {
        PORT: String(port),
        COGNIFORGE_API_KEY: KEY,
        COGNIFORGE_CONFIG: file,
        COGNIFORGE_DATA_DIR: join(folder, "data"),
        // The largest scenario is beyond what a server takes by default.
        COGNIFORGE_MAX_ANSWERS: "20000",
        ...(stores !== undefined && { DATABASE_URL: stores.databaseUrl, REDIS_URL: stores.redisUrl }),
      },
    };
  },
  healthPath: "/healthz",
};

/** The same program with its records on PostgreSQL and its running answers on Redis, as many replicas have them. */
export const cogniforgeShared: ServerDefinition = {
  ...cogniforge,
  name: "cogniforge-shared",
  title: "CogniForge over PostgreSQL and Redis",
  isShared: true,
};
