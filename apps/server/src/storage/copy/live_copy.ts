import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Journal } from "@cogniforge/core/journal";
import { SqliteJournal } from "../sqlite_journal.ts";
import { readAll, textOf } from "./journal_text.ts";
import type { CopiedPart, VerifiedPart } from "./part.ts";
import { notTheSame, stillRunning } from "./storage_copy_error.ts";

/** Where answers go that have not ended, to be carried on there. */
export type LiveJournal = Pick<Journal, "create" | "append" | "renew" | "find" | "read">;

/** How long the lease of an answer is held while its events are written, in milliseconds. */
const WRITE_LEASE_MS = 60_000;

/** Answers that have not ended, with what is there of them, into a journal of live ones. */
export class LiveCopy implements CopiedPart {
  readonly name = "running_answers";
  readonly #source: DatabaseSync;
  readonly #journal: SqliteJournal;
  readonly #live: LiveJournal | undefined;

  /** @param live Absent: there may be no such answer. */
  constructor({ source, live }: { source: DatabaseSync; live: LiveJournal | undefined }) {
    this.#source = source;
    this.#journal = new SqliteJournal(source);
    this.#live = live;
  }

  async refuseOtherData(): Promise<void> {
    const running = this.#answerIds().length;
    if (running > 0 && this.#live === undefined) throw stillRunning(running);
  }

  async copy(): Promise<void> {
    for (const answerId of this.#answerIds()) {
      const entry = await this.#journal.find(answerId);
      if (entry === undefined || this.#live === undefined) continue;
      const made = await this.#live.create(entry.header, { holder: "copy", ttlMs: WRITE_LEASE_MS });
      // One that is there already stays as it is: it can only be further on.
      if (!made.created) continue;
      const events = await readAll(this.#journal, answerId);
      if (events.length > 0) await this.#live.append(made.lease, events);
      // Given back at once, so that whoever comes first carries it on.
      await this.#live.renew(made.lease, 0);
    }
  }

  async verify(): Promise<VerifiedPart> {
    const [original, copied] = [createHash("sha256"), createHash("sha256")];
    const answerIds = this.#answerIds();
    for (const answerId of answerIds) {
      const events = await readAll(this.#journal, answerId);
      const there = this.#live === undefined ? [] : await readAll(this.#live, answerId);
      original.update(textOf((await this.#journal.find(answerId))?.header));
      copied.update(textOf((await this.#live?.find(answerId))?.header));
      for (const event of events) original.update(textOf(event));
      for (const event of there.slice(0, events.length)) copied.update(textOf(event));
    }
    const sha256 = original.digest("hex");
    if (copied.digest("hex") !== sha256) throw notTheSame(this.name);
    return { name: this.name, rows: answerIds.length, sha256 };
  }

  #answerIds(): string[] {
    const rows = this.#source.prepare("SELECT answer_id FROM journal_heads WHERE is_ended = 0").all();
    return rows.map(({ answer_id }) => String(answer_id));
  }
}
