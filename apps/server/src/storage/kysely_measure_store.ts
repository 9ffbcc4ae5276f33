import { setImmediate as nextTurn } from "node:timers/promises";
import type { WallClock } from "@cogniforge/core/journal";
import type { AnswerMeasures } from "@cogniforge/core/metrics";
import { AnswerSums } from "@cogniforge/core/metrics";
import type { Kysely, Selectable, Transaction } from "kysely";
import { MOST_SINGLE, RESOLUTIONS, resolutionFor } from "./measure_resolutions.ts";
import type { MeasuredAnswer, MeasureFilter, MeasureStore, MeasureWindow, StepSums } from "./measure_store.ts";
import type { RecordDatabase } from "./record_database.ts";
import type { StorageSchema } from "./schema.ts";

/** Answers that are summed up in one transaction: others wait for its end. */
const PAGE = 250;

/** Rows that are parsed before others get their turn. */
const SLICE = 250;

/** Kinds of answers that are told apart within one step: programs may name any route and any model. */
const MOST_KINDS = 200;
const OTHER = "other";

/** The name of the work that one server at a time does; whoever writes measures waits for its end, and it for theirs. */
export const SUMMING_UP = "summing_up";

/** Least time between two rounds of summing up and of forgetting. */
const SUM_EVERY_MS = 30_000;
const FORGET_EVERY_MS = 600_000;

type Single = Pick<
  Selectable<StorageSchema["answer_measures"]>,
  "ended_at" | "route" | "provider" | "model" | "measures"
>;
type Sums = Selectable<StorageSchema["measure_sums"]>;
type Kind = Omit<Sums, "sums">;

/** Measures through Kysely: single answers, and their sums by several lengths of time. */
export class KyselyMeasureStore implements MeasureStore {
  readonly #database: RecordDatabase;
  readonly #db: Kysely<StorageSchema>;
  readonly #clock: WallClock;
  #summedAt = Number.NEGATIVE_INFINITY;
  #forgotAt = Number.NEGATIVE_INFINITY;

  constructor(database: RecordDatabase, clock: WallClock) {
    this.#database = database;
    this.#db = database.kysely;
    this.#clock = clock;
  }

  async sums({ from, to, stepMs }: MeasureWindow): Promise<StepSums[]> {
    const resolution = resolutionFor(stepMs);
    // Both parts of one moment: an answer is either in the sums or after them.
    const { sums, singles } = await this.#database.atOneMoment(async (transaction) => {
      if (resolution === undefined) return { sums: [], singles: await singlesOf(transaction, from, to) };
      const summed = await sumsOf(transaction, resolution, from, to);
      const after = await summedUpTo(transaction);
      return { sums: summed, singles: await singlesOf(transaction, from, to, after) };
    });
    const steps = new Map<string, StepSums>();
    const stepOf = ({ route, provider, model }: Omit<Single, "measures" | "ended_at">, at: number): AnswerSums => {
      const startsAt = from + Math.floor((at - from) / stepMs) * stepMs;
      const target = provider === "" ? "" : `${provider}/${model}`;
      const key = JSON.stringify([startsAt, route, target]);
      const step = steps.get(key) ?? { startsAt, route, target, sums: new AnswerSums() };
      steps.set(key, step);
      return step.sums;
    };
    for (const [index, row] of sums.entries()) {
      if (index % SLICE === SLICE - 1) await nextTurn();
      stepOf(row, row.starts_at).mergeData(JSON.parse(row.sums));
    }
    for (const [index, row] of singles.entries()) {
      if (index % SLICE === SLICE - 1) await nextTurn();
      stepOf(row, row.ended_at).add(JSON.parse(row.measures) as AnswerMeasures);
    }
    return [...steps.values()];
  }

  async latest(owner: string, limit: number, { route, target }: MeasureFilter = {}): Promise<MeasuredAnswer[]> {
    const rows = await this.#db
      .selectFrom("answer_measures as single")
      .leftJoin("conversations as own", (join) =>
        join
          .onRef("own.id", "=", "single.conversation_id")
          .on("own.owner", "=", owner)
          .on("own.deleted_at", "is", null),
      )
      .select(["single.measures", "own.id as conversation_id"])
      .$if(route !== undefined, (query) => query.where("single.route", "=", route ?? ""))
      .$if(target !== undefined, (query) => {
        const { provider, model } = partsOf(target ?? "");
        return query.where("single.provider", "=", provider).where("single.model", "=", model);
      })
      .orderBy("single.ended_at", "desc")
      .orderBy("single.measure_key", "desc")
      .limit(limit)
      .execute();
    return rows.map(({ measures, conversation_id }) => ({
      measures: JSON.parse(measures),
      conversationId: conversation_id ?? undefined,
    }));
  }

  async keep(): Promise<void> {
    const now = this.#clock.wallTime();
    if (now - this.#summedAt >= SUM_EVERY_MS) {
      this.#summedAt = now;
      await this.sumUp();
    }
    if (now - this.#forgotAt >= FORGET_EVERY_MS) {
      this.#forgotAt = now;
      await this.forgetSums();
    }
  }

  /** Brings what was written since into the sums, each answer exactly once, whenever the process may die and whoever else does it. */
  async sumUp(): Promise<void> {
    for (;;) {
      const count = await this.#database.alone(SUMMING_UP, async (transaction) => {
        const after = await summedUpTo(transaction);
        const rows = await transaction
          .selectFrom("answer_measures")
          .select(["measure_key", "ended_at", "route", "provider", "model", "measures"])
          .where("measure_key", ">", after)
          .orderBy("measure_key")
          .limit(PAGE)
          .execute();
        const last = rows.at(-1);
        if (last === undefined) return 0;
        for (const { stepMs } of RESOLUTIONS) await addSums(transaction, stepMs, rows);
        await transaction
          .insertInto("measure_progress")
          .values({ id: 1, summed_up_to: last.measure_key })
          .onConflict((conflict) => conflict.column("id").doUpdateSet({ summed_up_to: last.measure_key }))
          .execute();
        return rows.length;
      });
      if (count < PAGE) return;
      await nextTurn();
    }
  }

  /** Forgets sums that are too old. */
  async forgetSums(): Promise<void> {
    const now = this.#clock.wallTime();
    for (const { stepMs, keptMs } of RESOLUTIONS) {
      await this.#db
        .deleteFrom("measure_sums")
        .where("resolution_ms", "=", stepMs)
        .where("starts_at", "<", now - keptMs)
        .execute();
    }
  }

  async forgetSingle(before: number | undefined): Promise<number> {
    const last = await summedUpTo(this.#db);
    for (let forgotten = 0; ; ) {
      const gone = this.#db
        .selectFrom("answer_measures")
        .select("measure_key")
        .where("measure_key", "<=", last)
        .where(({ eb, or }) => {
          const isTooMany = eb("measure_key", "<=", last - MOST_SINGLE);
          return before === undefined ? isTooMany : or([eb("ended_at", "<", before), isTooMany]);
        })
        .limit(PAGE);
      const { numDeletedRows } = await this.#db
        .deleteFrom("answer_measures")
        .where("measure_key", "in", gone)
        .executeTakeFirst();
      forgotten += Number(numDeletedRows);
      if (numDeletedRows < PAGE) return forgotten;
      await nextTurn();
    }
  }
}

async function summedUpTo(db: Kysely<StorageSchema>): Promise<number> {
  const row = await db.selectFrom("measure_progress").select("summed_up_to").where("id", "=", 1).executeTakeFirst();
  return row?.summed_up_to ?? 0;
}

function sumsOf(db: Kysely<StorageSchema>, resolution: number, from: number, to: number): Promise<Sums[]> {
  return db
    .selectFrom("measure_sums")
    .selectAll()
    .where("resolution_ms", "=", resolution)
    .where("starts_at", ">=", from)
    .where("starts_at", "<", to)
    .execute();
}

function singlesOf(db: Kysely<StorageSchema>, from: number, to: number, after?: number): Promise<Single[]> {
  return db
    .selectFrom("answer_measures")
    .select(["ended_at", "route", "provider", "model", "measures"])
    .where("ended_at", ">=", from)
    .where("ended_at", "<", to)
    .$if(after !== undefined, (query) => query.where("measure_key", ">", after ?? 0))
    .execute();
}

async function addSums(db: Transaction<StorageSchema>, stepMs: number, rows: readonly Single[]): Promise<void> {
  const groups = Map.groupBy(rows, ({ ended_at, route, provider, model }) =>
    JSON.stringify([Math.floor(ended_at / stepMs) * stepMs, route, provider, model]),
  );
  for (const [key, group] of groups) {
    const [starts_at, route, provider, model] = JSON.parse(key) as [number, string, string, string];
    const { kind, sums } = await findSums(db, { resolution_ms: stepMs, starts_at, route, provider, model });
    for (const { measures } of group) sums.add(JSON.parse(measures));
    const text = JSON.stringify(sums);
    await db
      .insertInto("measure_sums")
      .values({ ...kind, sums: text })
      .onConflict((conflict) =>
        conflict.columns(["resolution_ms", "starts_at", "route", "provider", "model"]).doUpdateSet({ sums: text }),
      )
      .execute();
  }
}

/** The sums of a kind so far; of all further kinds together where a step has too many of them. */
async function findSums(db: Transaction<StorageSchema>, kind: Kind): Promise<{ kind: Kind; sums: AnswerSums }> {
  const { resolution_ms, starts_at } = kind;
  const found = await readSums(db, kind);
  if (found !== undefined) return { kind, sums: found };
  const { count } = await db
    .selectFrom("measure_sums")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("resolution_ms", "=", resolution_ms)
    .where("starts_at", "=", starts_at)
    .executeTakeFirstOrThrow();
  if (count < MOST_KINDS) return { kind, sums: new AnswerSums() };
  const others = { resolution_ms, starts_at, route: OTHER, provider: OTHER, model: OTHER };
  return { kind: others, sums: (await readSums(db, others)) ?? new AnswerSums() };
}

async function readSums(db: Transaction<StorageSchema>, kind: Kind): Promise<AnswerSums | undefined> {
  const row = await db
    .selectFrom("measure_sums")
    .select("sums")
    .where("resolution_ms", "=", kind.resolution_ms)
    .where("starts_at", "=", kind.starts_at)
    .where("route", "=", kind.route)
    .where("provider", "=", kind.provider)
    .where("model", "=", kind.model)
    .executeTakeFirst();
  return row && AnswerSums.from(JSON.parse(row.sums));
}

/** A provider's name has no slash, a model's may. */
function partsOf(target: string): { provider: string; model: string } {
  const slash = target.indexOf("/");
  return slash < 0
    ? { provider: target, model: "" }
    : { provider: target.slice(0, slash), model: target.slice(slash + 1) };
}
