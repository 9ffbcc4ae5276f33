import type { AuditEntry, AuditLog, AuditPage, ListAuditOptions } from "./audit_log.ts";
import type { RecordDatabase } from "./record_database.ts";

/** The log of changes through Kysely. */
export class KyselyAuditLog implements AuditLog {
  readonly #database: RecordDatabase;

  constructor(database: RecordDatabase) {
    this.#database = database;
  }

  async add({ at, principal, principalName, action, object, detail }: Omit<AuditEntry, "id">): Promise<void> {
    const row = { at, principal, principal_name: principalName, action, object, detail: JSON.stringify(detail) };
    // One after the other: an entry that appeared below the ids of those before it would be missed by whoever pages.
    await this.#database.alone("audit_log", (transaction) => transaction.insertInto("audit_log").values(row).execute());
  }

  async list({ limit, cursor }: ListAuditOptions): Promise<AuditPage> {
    let query = this.#database.kysely.selectFrom("audit_log").selectAll();
    if (cursor !== undefined) query = query.where("id", "<", cursor);
    const rows = await query
      .orderBy("id", "desc")
      .limit(limit + 1)
      .execute();
    const entries = rows.slice(0, limit).map(({ principal_name, detail, ...row }) => ({
      ...row,
      principalName: principal_name,
      detail: JSON.parse(detail) as unknown,
    }));
    const last = entries.at(-1);
    return rows.length > limit && last ? { entries, nextCursor: last.id } : { entries };
  }
}
