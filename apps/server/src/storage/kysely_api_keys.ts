import type { Kysely, Selectable } from "kysely";
import type { ApiKeyRecord, ApiKeyStore, KeySettings, KeySpend, Spending } from "./api_keys.ts";
import type { StorageSchema } from "./schema.ts";

/** Keys of programs through Kysely. */
export class KyselyApiKeys implements ApiKeyStore {
  readonly #db: Kysely<StorageSchema>;

  constructor(db: Kysely<StorageSchema>) {
    this.#db = db;
  }

  async all(): Promise<ApiKeyRecord[]> {
    const rows = await this.#db.selectFrom("api_keys").selectAll().orderBy("created_at").orderBy("id").execute();
    return rows.map(recordOf);
  }

  async insert(record: ApiKeyRecord): Promise<void> {
    const { id, owner, hash, hint, createdAt, lastUsedAt, revokedAt, isSuspended } = record;
    await this.#db
      .insertInto("api_keys")
      .values({
        id,
        owner,
        hash,
        hint,
        created_at: createdAt,
        last_used_at: lastUsedAt ?? null,
        revoked_at: revokedAt ?? null,
        is_suspended: isSuspended ? 1 : 0,
        ...columnsOf(record),
      })
      .execute();
  }

  async update(id: string, settings: KeySettings): Promise<void> {
    await this.#db.updateTable("api_keys").set(columnsOf(settings)).where("id", "=", id).execute();
  }

  async revoke(id: string, at: number): Promise<void> {
    await this.#db
      .updateTable("api_keys")
      .set({ revoked_at: at })
      .where("id", "=", id)
      .where("revoked_at", "is", null)
      .execute();
  }

  async suspend(owner: string, isSuspended: boolean): Promise<void> {
    const is_suspended = isSuspended ? 1 : 0;
    await this.#db.updateTable("api_keys").set({ is_suspended }).where("owner", "=", owner).execute();
  }

  async noteUse(uses: ReadonlyMap<string, number>): Promise<void> {
    // In the order of their ids: of two servers that write at once neither can hold what the other waits for.
    const ordered = [...uses].toSorted(([one], [other]) => (one < other ? -1 : 1));
    await this.#db.transaction().execute(async (transaction) => {
      for (const [id, at] of ordered) {
        await transaction
          .updateTable("api_keys")
          .set({ last_used_at: at })
          .where("id", "=", id)
          // Another server may have seen it later.
          .where(({ eb, or }) => or([eb("last_used_at", "is", null), eb("last_used_at", "<", at)]))
          .execute();
      }
    });
  }

  async addSpending(id: string, day: string, { usd, tokens }: Spending): Promise<void> {
    await this.#db
      .insertInto("api_key_spend")
      .values({ key_id: id, day, usd, tokens, answers: 1 })
      .onConflict((conflict) =>
        conflict.columns(["key_id", "day"]).doUpdateSet((set) => ({
          usd: set("api_key_spend.usd", "+", usd),
          tokens: set("api_key_spend.tokens", "+", tokens),
          answers: set("api_key_spend.answers", "+", 1),
        })),
      )
      .execute();
  }

  async spendings(day: string): Promise<Map<string, KeySpend>> {
    const month = `${day.slice(0, 7)}-01`;
    const rows = await this.#db
      .selectFrom("api_key_spend")
      .select(({ fn, eb }) => [
        "key_id",
        fn.sum<number>(eb.case().when("day", "=", day).then(eb.ref("usd")).else(0).end()).as("daily"),
        fn.sum<number>(eb.case().when("day", ">=", month).then(eb.ref("usd")).else(0).end()).as("monthly"),
        fn.sum<number>("usd").as("total"),
        fn.sum<number>("tokens").as("tokens"),
        fn.sum<number>("answers").as("answers"),
      ])
      .groupBy("key_id")
      .execute();
    return new Map(
      rows.map(({ key_id, daily, monthly, total, tokens, answers }) => [
        key_id,
        { dailyUsd: daily, monthlyUsd: monthly, totalUsd: total, totalTokens: tokens, answers },
      ]),
    );
  }
}

function columnsOf({ name, expiresAt, routes, limits }: KeySettings) {
  return {
    name,
    expires_at: expiresAt ?? null,
    routes: JSON.stringify(routes),
    limits: JSON.stringify(limits),
  };
}

function recordOf(row: Selectable<StorageSchema["api_keys"]>): ApiKeyRecord {
  return {
    id: row.id,
    owner: row.owner,
    name: row.name,
    hash: row.hash,
    hint: row.hint,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
    routes: JSON.parse(row.routes),
    limits: JSON.parse(row.limits),
    revokedAt: row.revoked_at ?? undefined,
    isSuspended: row.is_suspended === 1,
  };
}
