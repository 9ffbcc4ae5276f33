import type { JournalEvent } from "@cogniforge/core/events";
import type { JournalHeader } from "@cogniforge/core/journal";

/** Answers that are archived at the same time: the archive has others to serve. */
const AT_ONCE = 4;

/** A whole journal that has ended. */
export interface EndedJournal {
  header: JournalHeader;
  events: readonly JournalEvent[];
}

export interface JournalArchiverOptions {
  /** Reads a journal; `undefined` if it has not ended, or is gone. */
  read(answerId: string): Promise<EndedJournal | undefined>;
  /** Keeps it for good. */
  keep(journal: EndedJournal): Promise<void>;
  /** The archive has it. */
  kept(answerId: string): Promise<void>;
  /** It stays where it is, and somebody has to come back to it. */
  onError(error: unknown, answerId: string): void;
}

/** Carries ended journals into the archive, each once at a time; nobody waits for it but `settled()`. */
export class JournalArchiver {
  readonly #options: JournalArchiverOptions;
  readonly #jobs = new Map<string, Promise<void>>();
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(options: JournalArchiverOptions) {
    this.#options = options;
  }

  add(answerId: string): void {
    if (this.#jobs.has(answerId)) return;
    const job = this.#carry(answerId).finally(() => this.#jobs.delete(answerId));
    this.#jobs.set(answerId, job);
  }

  /** Resolves when an answer, or all, have been tried. */
  async settled(answerId?: string): Promise<void> {
    if (answerId !== undefined) await this.#jobs.get(answerId);
    else while (this.#jobs.size > 0) await Promise.all(this.#jobs.values());
  }

  async #carry(answerId: string): Promise<void> {
    if (this.#running >= AT_ONCE) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#running += 1;
    try {
      const journal = await this.#options.read(answerId);
      if (journal === undefined) return;
      await this.#options.keep(journal);
      await this.#options.kept(answerId);
    } catch (error) {
      this.#options.onError(error, answerId);
    } finally {
      this.#running -= 1;
      this.#queue.shift()?.();
    }
  }
}
