export interface AudienceOptions {
  cancel: (answerId: string) => void;
  /** Whether somebody watches it over another replica; a reader that reconnects comes back anywhere. */
  isWatchedElsewhere: (answerId: string) => Promise<boolean>;
}

/**
 * Counts who watches each answer, and ends those that were asked for one reader who has left for good.
 *
 * Only answers with a grace period are kept in mind: a reader of any other costs nothing here.
 */
export class Audience {
  readonly #options: AudienceOptions;
  readonly #halls = new Map<string, { graceMs: number; readers: number; timer: NodeJS.Timeout | undefined }>();

  constructor(options: AudienceOptions) {
    this.#options = options;
  }

  /** Answers that are kept in mind now. */
  get size(): number {
    return this.#halls.size;
  }

  /** From now on the answer is cancelled when nobody has watched it for `graceMs`. */
  cancelWhenUnwatched(answerId: string, graceMs: number): void {
    if (this.#halls.has(answerId)) return;
    this.#halls.set(answerId, { graceMs, readers: 0, timer: undefined });
    this.#arm(answerId);
  }

  /** A reader comes; the returned function says that it has left. */
  enter(answerId: string): () => void {
    const hall = this.#halls.get(answerId);
    if (hall === undefined) return () => {};
    hall.readers++;
    clearTimeout(hall.timer);
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      hall.readers--;
      if (hall.readers === 0) this.#arm(answerId);
    };
  }

  /** The answer has ended: it is forgotten. */
  ended(answerId: string): void {
    clearTimeout(this.#halls.get(answerId)?.timer);
    this.#halls.delete(answerId);
  }

  /** Forgets all, so that no timer is left. */
  close(): void {
    for (const answerId of [...this.#halls.keys()]) this.ended(answerId);
  }

  #arm(answerId: string): void {
    const hall = this.#halls.get(answerId);
    if (hall === undefined) return;
    hall.timer = setTimeout(() => void this.#end(answerId), hall.graceMs);
  }

  async #end(answerId: string): Promise<void> {
    const hall = this.#halls.get(answerId);
    const timer = hall?.timer;
    const isWatched = await this.#options.isWatchedElsewhere(answerId);
    // Somebody came, and may have left again, or it ended, while the others were asked.
    if (hall === undefined || hall.readers > 0 || hall.timer !== timer || !this.#halls.has(answerId)) return;
    if (isWatched) {
      this.#arm(answerId);
      return;
    }
    this.#halls.delete(answerId);
    this.#options.cancel(answerId);
  }
}
