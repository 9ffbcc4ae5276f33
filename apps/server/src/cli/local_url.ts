import type { Config } from "../config/mod.ts";

/** Where the configured server is to be found from this machine. */
export function localUrl({ host, port }: Pick<Config, "host" | "port">): string {
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
