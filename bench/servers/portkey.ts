import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ServerDefinition } from "./server.ts";

const FOLDER = fileURLToPath(new URL("../.peers/portkey", import.meta.url));
const PROGRAM = join(FOLDER, "node_modules/@portkey-ai/gateway/build/start-server.js");

/** With newer ones of the two below it this release does not stream. */
const MANIFEST = {
  private: true,
  dependencies: { "@portkey-ai/gateway": "1.15.2" },
  overrides: { "@hono/node-server": "1.13.8", hono: "4.9.7" },
};

const INSTALL_MS = 180_000;

/** Portkey's gateway, installed apart from the project. */
export const portkey: ServerDefinition = {
  name: "portkey",
  title: `Portkey ${MANIFEST.dependencies["@portkey-ai/gateway"]}`,
  async prepare() {
    const manifest = join(FOLDER, "package.json");
    const text = `${JSON.stringify(MANIFEST, null, 2)}\n`;
    if (existsSync(PROGRAM) && existsSync(manifest) && readFileSync(manifest, "utf8") === text) return undefined;
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(manifest, text);
    try {
      const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev"];
      await promisify(execFile)("npm", args, { cwd: FOLDER, timeout: INSTALL_MS });
    } catch (error) {
      return `npm could not install it: ${String(error).split("\n").slice(0, 3).join(" ")}`;
    }
    return existsSync(PROGRAM) ? undefined : "npm installed it without its program";
  },
  command: ({ port }) => ({
    args: [PROGRAM, `--port=${port}`, "--headless"],
    // It asks no address of the machine itself unless it is told so.
    env: { NODE_ENV: "production", TRUSTED_CUSTOM_HOSTS: "127.0.0.1,localhost" },
  }),
  healthPath: "/",
  headers: ({ upstreamPort }) =>
    `x-portkey-provider: openai\r\nx-portkey-custom-host: http://127.0.0.1:${upstreamPort}/v1\r\n`,
};
