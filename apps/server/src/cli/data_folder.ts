import { loadConfig } from "../config/mod.ts";
import type { Terminal } from "./terminal.ts";

/** The data folder that the server of this folder uses. */
export async function dataFolder({ environment, directory }: Terminal): Promise<string> {
  const { dataDirectory } = await loadConfig({ environment, directory });
  return dataDirectory;
}
