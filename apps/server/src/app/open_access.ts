import type { AuthGate } from "../auth/mod.ts";
import { openAuthGate } from "../auth/mod.ts";
import type { Config } from "../config/mod.ts";
import { acceptPasses } from "../doctor/mod.ts";
import { KeyRing } from "../keys/mod.ts";
import type { Logger } from "../log.ts";
import type { Stores } from "../stores/mod.ts";

/** Who may come in. */
export interface Access {
  /** The keys of programs. */
  keys: KeyRing;
  /** Everybody: programs, signed-in users, and the doctor with its passes. */
  auth: AuthGate;
}

export interface OpenAccessOptions {
  config: Config;
  stores: Pick<Stores, "records" | "replicas" | "secret">;
  log: Logger;
}

/**
 * Reads the keys of programs and opens the gate.
 *
 * @throws {FailureError} If the address or password of the administrator that the configuration names can't be used.
 */
export async function openAccess({ config, stores, log }: OpenAccessOptions): Promise<Access> {
  const { records: storage, replicas, secret } = stores;
  const keys = await KeyRing.open({
    store: storage.apiKeys,
    hasForeignChanges: storage.hasForeignChanges,
    onSpent: (id, spending) => replicas.tell("spent", { id, spending }),
    onError: (error) => log.error({ err: error }, "The keys could not be read or written"),
  });
  const signIn = await openAuthGate({ config, secret, storage, keys });
  return { keys, auth: { ...signIn, principalOf: acceptPasses(signIn.principalOf, secret) } };
}
