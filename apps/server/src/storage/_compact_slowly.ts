// The child process of the kill test: compacts everything, and says so page by page, until it is killed.
import { writeSync } from "node:fs";
import { openStorage } from "./mod.ts";

const [directory = ""] = process.argv.slice(2);
let commits = 0;
const { journal } = await openStorage({
  directory,
  onCommit: () => {
    commits += 1;
    writeSync(1, `${commits}\n`);
  },
});
await journal.compact({ endedBefore: Number.MAX_SAFE_INTEGER, budgetMs: Number.POSITIVE_INFINITY });
writeSync(1, "done\n");
