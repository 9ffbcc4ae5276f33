/** Names of what the journal keeps in Redis. All keys of an answer share a hash tag, so that a Cluster keeps them together. */
export class JournalKeys {
  readonly #prefix: string;
  /** Sorted set of the answers that somebody has to look after: those that run, and those that ended and are not archived. */
  readonly index: string;
  /** Sorted set of the holders that were alive lately. */
  readonly holders: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
    this.index = `${prefix}{answers}`;
    this.holders = `${prefix}{holders}`;
  }

  /** Hash: what was asked, how far the answer is, and whose it is. */
  head(answerId: string): string {
    return `${this.#prefix}{${answerId}}:head`;
  }

  /** Stream of the batches. */
  events(answerId: string): string {
    return `${this.#prefix}{${answerId}}:events`;
  }

  /** Channel on which each batch is told. */
  news(answerId: string): string {
    return `${this.#prefix}{${answerId}}:news`;
  }
}
