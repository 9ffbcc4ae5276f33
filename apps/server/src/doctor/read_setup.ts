import { ConfigReport } from "../config/config_error.ts";
import { readEnvironment } from "../config/dot_env.ts";
import type { Config, ConfigSource } from "../config/mod.ts";
import { ConfigError, loadConfig } from "../config/mod.ts";
import type { Patient } from "./patient.ts";

/** Reads the environment and the configuration as the next start would, and keeps what is wrong instead of throwing it. */
export async function readSetup(
  source: ConfigSource,
  inForce?: Config,
): Promise<Pick<Patient, "source" | "environment" | "config" | "problems" | "nodeVersion">> {
  const environment = await readEnvironment(source, new ConfigReport());
  const setup = { source, environment, nodeVersion: process.version };
  try {
    return { ...setup, config: await loadConfig(source), problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { ...setup, config: inForce, problems: error.errors };
  }
}
