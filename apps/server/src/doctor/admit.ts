import type { Config, ConfigSource } from "../config/mod.ts";
import { forwardedUrl } from "../forwarded_url.ts";
import { makePass } from "./doctor_pass.ts";
import type { Patient } from "./patient.ts";
import { readSetup } from "./read_setup.ts";

export interface AdmitOptions {
  source: ConfigSource;
  /** The configuration that the running server goes by. */
  inForce: Config;
  /** Where it listens. */
  url: string;
  /** The secret in its data folder. */
  secret: string;
  /** Address of the page that asks. */
  publicUrl: string | undefined;
  signal: AbortSignal;
}

/** What to look at from inside the running server. */
export async function admitSelf({ source, inForce, url, secret, publicUrl, signal }: AdmitOptions): Promise<Patient> {
  const given = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  // The page of an administrator on this very machine goes through no proxy.
  const isLocal = given !== undefined && ["127.0.0.1", "localhost", "[::1]"].includes(new URL(given).hostname);
  const detected = forwardedUrl(source.environment, url);
  return {
    ...(await readSetup(source, inForce)),
    server: { url, kind: "own", key: () => makePass(secret) },
    publicUrl: given === undefined || isLocal ? detected : given,
    signal,
  };
}
