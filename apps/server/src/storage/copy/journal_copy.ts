import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { type Kysely, sql } from "kysely";
import type { JournalArchive } from "../journal_archive.ts";
import type { StorageSchema } from "../schema.ts";
import { SqliteJournal } from "../sqlite_journal.ts";
import { readAll, textOf } from "./journal_text.ts";
import type { CopiedPart, VerifiedPart } from "./part.ts";
import { forSomeAtOnce, someAtOnce } from "./some_at_once.ts";
import { sourcePages } from "./source_pages.ts";
import { notTheSame, otherData } from "./storage_copy_error.ts";

/** The journals of ended answers, into the archive. */
export class JournalCopy implements CopiedPart {
  readonly name = "archived_journals";
  readonly #source: DatabaseSync;
  readonly #journal: SqliteJournal;
  readonly #target: Kysely<StorageSchema>;
  readonly #archive: JournalArchive;

  constructor({
    source,
    target,
    archive,
  }: {
    source: DatabaseSync;
    target: Kysely<StorageSchema>;
    archive: JournalArchive;
  }) {
    this.#source = source;
    this.#journal = new SqliteJournal(source);
    this.#target = target;
    this.#archive = archive;
  }

  async refuseOtherData(): Promise<void> {
    const count = await this.#count();
    if (count === 0) return;
    let known = 0;
    const found = someAtOnce(this.#answerIds(), async (answerId) => {
      const there = await this.#archive.find(answerId);
      return { there, isSame: textOf(there) === textOf(await this.#journal.find(answerId)) };
    });
    for await (const { there, isSame } of found) {
      if (there === undefined) continue;
      if (!isSame) throw otherData(this.name);
      known += 1;
    }
    if (known !== count) throw otherData(this.name);
  }

  async copy(): Promise<void> {
    await forSomeAtOnce(this.#answerIds(), async (answerId) => {
      if ((await this.#archive.find(answerId)) !== undefined) return;
      const entry = await this.#journal.find(answerId);
      if (entry !== undefined) await this.#archive.keep(entry.header, await readAll(this.#journal, answerId));
    });
  }

  async verify(): Promise<VerifiedPart> {
    const hash = createHash("sha256");
    let count = 0;
    const pairs = someAtOnce(this.#answerIds(), async (answerId) => ({
      source: await wholeJournal(this.#journal, answerId),
      target: await wholeJournal(this.#archive, answerId),
    }));
    for await (const { source, target } of pairs) {
      if (!areSame(source, target)) throw notTheSame(this.name);
      hash.update(JSON.stringify(source));
      count += 1;
    }
    if ((await this.#count()) !== count) throw notTheSame(this.name);
    return { name: this.name, rows: count, sha256: hash.digest("hex") };
  }

  *#answerIds(): Generator<string> {
    for (const page of sourcePages(this.#source, "journal_heads")) {
      for (const { answer_id, is_ended } of page) if (is_ended === 1) yield String(answer_id);
    }
  }

  async #count(): Promise<number> {
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM archived_journals`.execute(
      this.#target,
    );
    return rows[0]?.count ?? 0;
  }
}

async function wholeJournal(from: Pick<JournalArchive, "find" | "read">, answerId: string) {
  return [await from.find(answerId), ...(await readAll(from, answerId))];
}

function areSame(one: Awaited<ReturnType<typeof wholeJournal>>, other: typeof one): boolean {
  // Most have their fields in the same order, and then this is ten times as fast.
  if (JSON.stringify(one) === JSON.stringify(other)) return true;
  return one.length === other.length && one.every((part, index) => textOf(part) === textOf(other[index]));
}
