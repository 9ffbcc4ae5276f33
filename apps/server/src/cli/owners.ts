import { type Kysely, sql } from "kysely";
import type { Principal } from "../auth/mod.ts";
import type { StorageSchema } from "../storage/mod.ts";
import { CommandError } from "./terminal.ts";

interface Owner {
  id: string;
  conversations: number;
  email: string | null;
}

/**
 * The owner whose conversations are meant: the one of this address or id, or the only one there is.
 *
 * @throws {CommandError} With the owners there are, if it is none of them or not clear which.
 */
export async function chooseOwner(kysely: Kysely<StorageSchema>, asked: string | undefined): Promise<Principal> {
  const owners = await listOwners(kysely);
  const fitting = owners.filter(({ id, email }) => asked === undefined || id === asked || email === asked);
  const [only] = fitting;
  if (fitting.length === 1 && only !== undefined) {
    return { id: only.id, kind: only.id.startsWith("user:") ? "user" : "key", role: "member", name: only.id };
  }
  const list = owners.map(({ id, email, conversations }) => `  ${email ?? id} (${conversations})`).join("\n");
  throw new CommandError(
    {
      en: `Expected one of these owners after --owner:\n${list || "  (the store holds no conversation)"}`,
      ar: `المتوقع بعد ‎--owner أحد هؤلاء المالكين:\n${list || "  (لا محادثة في المخزن)"}`,
    },
    { exitCode: asked === undefined && owners.length > 0 ? 2 : 1 },
  );
}

async function listOwners(kysely: Kysely<StorageSchema>): Promise<Owner[]> {
  const tables = await kysely.introspection.getTables();
  const hasUsers = tables.some(({ name }) => name === "user");
  const email = hasUsers ? sql`(SELECT email FROM "user" WHERE 'user:' || "user".id = owner)` : sql`NULL`;
  const { rows } = await sql<Owner>`
    SELECT owner AS id, COUNT(*) AS conversations, ${email} AS email
    FROM conversations WHERE deleted_at IS NULL GROUP BY owner ORDER BY conversations DESC`.execute(kysely);
  return rows;
}
