import type { Config } from "../config/mod.ts";
import type { LocalServer } from "../doctor/mod.ts";
import { makePass } from "../doctor/mod.ts";
import { readKnownSecret } from "../stores/mod.ts";
import { localUrl } from "./local_url.ts";

const LIMIT_MS = 3_000;

/** The server on the configured port, if one of ours listens there. */
export async function findServer(config: Config): Promise<LocalServer | undefined> {
  const url = localUrl(config);
  if (config.port === 0 || !(await isAlive(url))) return undefined;
  return { url, kind: "running", key: await keyFor(url, config) };
}

async function isAlive(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(LIMIT_MS) });
    const body = (await response.json()) as { status?: unknown };
    return response.ok && body.status === "alive";
  } catch {
    return false;
  }
}

/**
 * Credentials for a server: a pass of the data folder, which is over in minutes, where the server takes it; else the configured
 * key.
 */
export async function keyFor(url: string, config: Config): Promise<() => string | undefined> {
  const secret = await readKnownSecret(config);
  const apiKey = config.apiKey?.reveal();
  if (secret === undefined) return () => apiKey;
  if (apiKey !== undefined && !(await isTaken(url, makePass(secret)))) return () => apiKey;
  return () => makePass(secret);
}

async function isTaken(url: string, key: string): Promise<boolean> {
  try {
    const headers = { authorization: `Bearer ${key}` };
    const response = await fetch(`${url}/v1/models`, {
      headers,
      redirect: "manual",
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    await response.body?.cancel();
    return response.status !== 401;
  } catch {
    return true; // The doors' own checks tell what is wrong.
  }
}
