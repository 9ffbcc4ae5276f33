import { randomBytes } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { StorageSchema } from "../storage/mod.ts";

/** A secret of all servers on one PostgreSQL, 32 random bytes in base64url: whoever comes first makes it. */
export async function readOrCreateSharedSecret(kysely: Kysely<StorageSchema>, name: string): Promise<string> {
  await keepSharedSecret(kysely, name, randomBytes(32).toString("base64url"));
  const found = await readSharedSecret(kysely, name);
  if (found === undefined) throw new Error(`Cannot keep the secret '${name}' as its row vanished while it was written`);
  return found;
}

/** The secret, where there is one. */
export async function readSharedSecret(kysely: Kysely<StorageSchema>, name: string): Promise<string | undefined> {
  const { rows } = await sql<{ value: string }>`SELECT value FROM server_secrets WHERE name = ${name}`.execute(kysely);
  return rows[0]?.value;
}

/** Keeps a secret, unless there is one of this name. */
export async function keepSharedSecret(kysely: Kysely<StorageSchema>, name: string, value: string): Promise<void> {
  await sql`INSERT INTO server_secrets (name, value) VALUES (${name}, ${value}) ON CONFLICT (name) DO NOTHING`.execute(
    kysely,
  );
}
