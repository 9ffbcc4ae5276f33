import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { JournalEvent } from "@cogniforge/core/events";
import type { JournalEntry } from "@cogniforge/core/journal";
import { type Kysely, sql } from "kysely";
import type { JournalArchive } from "../journal_archive.ts";
import type { StorageSchema } from "../schema.ts";
import { SqliteJournal } from "../sqlite_journal.ts";
import type { CopiedPart, VerifiedPart } from "./part.ts";
import { sourcePages } from "./source_pages.ts";
import { notTheSame, otherData, stillRunning } from "./storage_copy_error.ts";

/** Events that are read at once. */
const PAGE_EVENTS = 5_000;

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
    const running = Number(
      this.#source.prepare("SELECT count(*) AS count FROM journal_heads WHERE is_ended = 0").get()?.count,
    );
    if (running > 0) throw stillRunning(running);
    const count = await this.#count();
    if (count === 0) return;
    let known = 0;
    for await (const answerId of this.#answerIds()) {
      const found = await this.#archive.find(answerId);
      if (found === undefined) continue;
      if (textOf(found) !== textOf(await this.#journal.find(answerId))) throw otherData(this.name);
      known += 1;
    }
    if (known !== count) throw otherData(this.name);
  }

  async copy(): Promise<void> {
    for await (const answerId of this.#answerIds()) {
      if ((await this.#archive.find(answerId)) !== undefined) continue;
      const entry = await this.#journal.find(answerId);
      if (entry !== undefined) await this.#archive.keep(entry.header, await readAll(this.#journal, answerId));
    }
  }

  async verify(): Promise<VerifiedPart> {
    const original = createHash("sha256");
    const copied = createHash("sha256");
    let count = 0;
    for await (const answerId of this.#answerIds()) {
      original.update(textOf(await this.#journal.find(answerId)));
      copied.update(textOf(await this.#archive.find(answerId)));
      for (const event of await readAll(this.#journal, answerId)) original.update(textOf(event));
      for (const event of await readAll(this.#archive, answerId)) copied.update(textOf(event));
      count += 1;
    }
    const sha256 = original.digest("hex");
    if (copied.digest("hex") !== sha256 || (await this.#count()) !== count) throw notTheSame(this.name);
    return { name: this.name, rows: count, sha256 };
  }

  async *#answerIds(): AsyncGenerator<string> {
    for (const page of sourcePages(this.#source, "journal_heads")) {
      for (const { answer_id } of page) yield String(answer_id);
    }
  }

  async #count(): Promise<number> {
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM archived_journals`.execute(
      this.#target,
    );
    return rows[0]?.count ?? 0;
  }
}

async function readAll(from: Pick<JournalArchive, "read">, answerId: string): Promise<JournalEvent[]> {
  const events: JournalEvent[] = [];
  for (;;) {
    const page = await from.read(answerId, events.at(-1)?.seq ?? 0, PAGE_EVENTS);
    events.push(...page);
    if (page.length < PAGE_EVENTS) return events;
  }
}

/** The same for the same fields, in whichever order they were written: compacted runs give theirs in an order of their own. */
function textOf(value: JournalEvent | JournalEntry | undefined): string {
  return (
    JSON.stringify(value, (_name, part: unknown) =>
      typeof part === "object" && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)))
        : part,
    ) ?? ""
  );
}
