/**
 * Copies the synthetic cases of the wire corpus, those that may be committed, to the folder beside this file.
 *
 *     node testing/copy_synthetic.ts FOLDER_OF_THE_CORPUS DIALECT...
 */
import { cpSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Larger bodies are made by tests themselves. */
const MAX_BODY_BYTES = 100_000;

const [corpus, ...dialects] = process.argv.slice(2);
if (corpus === undefined || dialects.length === 0) {
  throw new TypeError("Cannot copy as the folder of the corpus and at least one dialect are wanted");
}
const target = fileURLToPath(new URL("wire/", import.meta.url));
let copied = 0;
for (const id of readdirSync(join(corpus, "cases"))) {
  const folder = join(corpus, "cases", id);
  const { synthetic, dialect } = JSON.parse(readFileSync(join(folder, "case.json"), "utf8"));
  if (synthetic !== true || !dialects.includes(dialect)) continue;
  if (statSync(join(folder, "body")).size > MAX_BODY_BYTES) continue;
  cpSync(folder, join(target, id), { recursive: true });
  copied++;
}
console.log(`${copied} cases copied to ${target}`);
