import { createHash } from "node:crypto";

/** Counts rows, and draws them together to one hash; the order of the rows counts, that of their columns does not. */
export class RowHash {
  readonly #hash = createHash("sha256");
  #rows = 0;

  add(row: Readonly<Record<string, unknown>>): void {
    this.#rows += 1;
    const columns = Object.entries(row).toSorted(([one], [other]) => (one < other ? -1 : 1));
    this.#hash.update(JSON.stringify(columns));
  }

  /** SHA-256 in hexadecimal; nothing can be added afterwards. */
  result(): { rows: number; sha256: string } {
    return { rows: this.#rows, sha256: this.#hash.digest("hex") };
  }
}
