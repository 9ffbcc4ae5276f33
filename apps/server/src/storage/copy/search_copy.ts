import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { type Kysely, sql } from "kysely";
import type { StorageSchema } from "../schema.ts";
import type { SearchIndex, SearchKey } from "../search_index.ts";
import { indexedText } from "./indexed_text.ts";
import type { CopiedPart, VerifiedPart } from "./part.ts";
import { forSomeAtOnce } from "./some_at_once.ts";
import { sourcePages } from "./source_pages.ts";
import { notTheSame, otherData } from "./storage_copy_error.ts";

/** The index of conversations: each database has words in its own way, so that it is made anew from their texts. */
export class SearchCopy implements CopiedPart {
  readonly name = "search_entries";
  readonly #source: DatabaseSync;
  readonly #target: Kysely<StorageSchema>;
  readonly #index: SearchIndex;

  constructor(options: { source: DatabaseSync; target: Kysely<StorageSchema>; index: SearchIndex }) {
    this.#source = options.source;
    this.#target = options.target;
    this.#index = options.index;
  }

  async refuseOtherData(): Promise<void> {
    const { common, target } = await this.#compare();
    if (common !== target) throw otherData(this.name);
  }

  async copy(): Promise<void> {
    const there = await this.#there();
    await forSomeAtOnce(this.#keys(), async (key) => {
      if (!there.has(textOf(key))) await this.#index.put(this.#target, key, indexedText(this.#source, key));
    });
  }

  async verify(): Promise<VerifiedPart> {
    const { common, source, target, sha256 } = await this.#compare();
    if (common !== source || source !== target) throw notTheSame(this.name);
    return { name: this.name, rows: source, sha256 };
  }

  async #compare() {
    const there = await this.#there();
    const hash = createHash("sha256");
    let [source, common] = [0, 0];
    for (const key of this.#keys()) {
      source += 1;
      if (there.has(textOf(key))) common += 1;
      hash.update(textOf(key));
    }
    return { common, source, target: there.size, sha256: hash.digest("hex") };
  }

  *#keys(): Generator<SearchKey> {
    for (const page of sourcePages(this.#source, "search_entries")) {
      for (const { conversation_id, part, turn_id } of page) {
        yield { conversationId: String(conversation_id), part: part as SearchKey["part"], turnId: String(turn_id) };
      }
    }
  }

  /** All keys of the target: some hundred bytes for each text of a conversation. */
  async #there(): Promise<Set<string>> {
    const { rows } = await sql<SearchKey>`
      SELECT conversation_id AS "conversationId", part, turn_id AS "turnId" FROM search_entries`.execute(this.#target);
    return new Set(rows.map(textOf));
  }
}

function textOf({ conversationId, part, turnId }: SearchKey): string {
  return JSON.stringify([conversationId, part, turnId]);
}
