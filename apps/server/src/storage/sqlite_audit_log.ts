import type { Kysely } from "kysely";
import type { AuditEntry, AuditLog, AuditPage, ListAuditOptions } from "./audit_log.ts";
import type { StorageSchema } from "./schema.ts";

/** The log of changes through Kysely. */
export class SqliteAuditLog implements AuditLog {
  readonly #db: Kysely<StorageSchema>;

  constructor(db: Kysely<StorageSchema>) {
    this.#db = db;
  }

  async add({ at, principal, principalName, action, object, detail }: Omit<AuditEntry, "id">): Promise<void> {
    await this.#db
      .insertInto("audit_log")
      .values({ at, principal, principal_name: principalName, action, object, detail: JSON.stringify(detail) })
      .execute();
  }

  async list({ limit, cursor }: ListAuditOptions): Promise<AuditPage> {
    let query = this.#db.selectFrom("audit_log").selectAll();
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
