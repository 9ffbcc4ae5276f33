import type { EngineOptions } from "@cogniforge/core/engine";
import type { WallClock } from "@cogniforge/core/journal";
import type { Kysely } from "kysely";
import type { StorageSchema } from "./schema.ts";

type PrefillMemory = NonNullable<EngineOptions["prefillMemory"]>;

/** Providers learn too: after 30 days a target that refused is tried again. */
const KEPT_MS = 30 * 86_400_000;

/** What one target was learned to do, and when, in epoch milliseconds. */
interface Lesson {
  accepts: boolean;
  learnedAt: number;
  /** How its provider was set up then. */
  setting: string;
}

/** What a memory tells those of other processes. */
export interface PrefillNews extends Lesson {
  /** `provider/model`. */
  target: string;
}

/**
 * What is known of the targets' ability to go on, kept for the next start.
 *
 * It is asked in the middle of an answer, so it is read once and answers from memory; what is learned is written behind.
 */
export class KyselyPrefillMemory implements PrefillMemory {
  readonly #db: Kysely<StorageSchema>;
  readonly #clock: WallClock;
  readonly #lessons: Map<string, Lesson>;
  #settings: ReadonlyMap<string, string> = new Map();
  #spread: (news: PrefillNews) => void = () => {};
  #writing: Promise<void> = Promise.resolve();

  private constructor(db: Kysely<StorageSchema>, clock: WallClock, lessons: Map<string, Lesson>) {
    this.#db = db;
    this.#clock = clock;
    this.#lessons = lessons;
  }

  /** Reads what was learned before, and forgets what is too old. */
  static async open(db: Kysely<StorageSchema>, clock: WallClock): Promise<KyselyPrefillMemory> {
    await db
      .deleteFrom("prefill_memory")
      .where("learned_at", "<=", clock.wallTime() - KEPT_MS)
      .execute();
    const rows = await db.selectFrom("prefill_memory").selectAll().execute();
    const lessons = rows.map(({ target, accepts, learned_at, setting }): [string, Lesson] => [
      target,
      { accepts: accepts === 1, learnedAt: learned_at, setting },
    ]);
    return new KyselyPrefillMemory(db, clock, new Map(lessons));
  }

  /**
   * Says how each provider is set up, by its name: what was learned while it was set up otherwise does not count.
   *
   * Who corrects the way of asking in the configuration need not wait until a refusal of the wrong way is forgotten.
   */
  configure(settings: ReadonlyMap<string, string>): void {
    this.#settings = settings;
  }

  acceptsPrefill(target: string): boolean | undefined {
    const lesson = this.#lessons.get(target);
    if (lesson === undefined || lesson.setting !== this.#settingOf(target)) return undefined;
    return lesson.learnedAt > this.#clock.wallTime() - KEPT_MS ? lesson.accepts : undefined;
  }

  learnPrefill(target: string, accepts: boolean): void {
    if (this.acceptsPrefill(target) === accepts) return;
    const learnedAt = this.#clock.wallTime();
    const setting = this.#settingOf(target);
    this.#lessons.set(target, { accepts, learnedAt, setting });
    this.#spread({ target, accepts, learnedAt, setting });
    const columns = { accepts: accepts ? 1 : 0, learned_at: learnedAt, setting };
    // One after the other, so that the last lesson stays. One that can't be written is learned again after the next start.
    this.#writing = this.#writing.then(async () => {
      await this.#db
        .insertInto("prefill_memory")
        .values({ target, ...columns })
        .onConflict((conflict) => conflict.column("target").doUpdateSet(columns))
        .execute()
        .catch(() => {});
    });
  }

  /** Tells the memories of other processes, from now on, what this one learns; their `hear()` takes it. */
  spreadTo(tell: (news: PrefillNews) => void): void {
    this.#spread = tell;
  }

  /** Takes what the memory of another process has learned, and written. */
  hear({ target, ...lesson }: PrefillNews): void {
    this.#lessons.set(target, lesson);
  }

  /** A provider's name has no slash, a model's may. */
  #settingOf(target: string): string {
    return this.#settings.get(target.slice(0, target.indexOf("/"))) ?? "";
  }

  /** Resolves when everything that was learned is written. */
  settled(): Promise<void> {
    return this.#writing;
  }
}
