import { createHash } from "node:crypto";
import { rowText } from "../row_text.ts";

/** Counts rows, and draws them together to one hash; the order of the rows counts, that of their columns does not. */
export class RowHash {
  readonly #hash = createHash("sha256");
  #rows = 0;

  add(row: Readonly<Record<string, unknown>>): void {
    this.#rows += 1;
    this.#hash.update(rowText(row));
  }

  /** SHA-256 in hexadecimal; nothing can be added afterwards. */
  result(): { rows: number; sha256: string } {
    return { rows: this.#rows, sha256: this.#hash.digest("hex") };
  }
}
