import { stripVTControlCharacters } from "node:util";

// One row for each runner: the line where its report of failures begins, and the one that ends it.
const REPORTS = [
  { runner: "Vitest", begin: /⎯+ (?:Failed|Unhandled) \w+/, end: /^ *Test Files / },
  { runner: "node:test", begin: /^✖ failing tests:/, end: /^(?:@[\w-]+\/)?[\w-]+:[\w:-]+: /, ownPrefix: true },
  { runner: "Deno", begin: /^ ERRORS *$/, end: /^FAILED \|/ },
  { runner: "Playwright", begin: /^ {2}1\) /, end: /^ *\d+ failed$/ },
];
const BUN_FAILURE = /^\(fail\) /;
const TASK_PREFIX = /^(?:@[\w-]+\/)?[\w-]+:[\w:-]+: /;

/** As many lines of one report are kept. */
const LINES_KEPT = 120;

/**
 * Keeps what the runners say of failures as their output comes in, so that it can be told once more at the end: a task that fails among
 * others is thousands of lines above.
 */
export class Complaints {
  #kept = [];
  #rest = "";
  #open;
  #left = 0;

  /** Takes any piece of output, cut anywhere. */
  add(text) {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop();
    for (const line of lines) this.#read(stripVTControlCharacters(line).trimEnd());
  }

  /** Everything that was kept, or an empty text. */
  toString() {
    return this.#kept.join("\n");
  }

  #read(full) {
    const line = full.replace(TASK_PREFIX, "");
    if (this.#open?.end.test(this.#open.ownPrefix ? full : line)) this.#open = undefined;
    const begun = REPORTS.find(({ begin }) => begin.test(line));
    if (begun) [this.#open, this.#left] = [begun, LINES_KEPT];
    if (this.#open ? this.#left-- > 0 : BUN_FAILURE.test(line)) this.#kept.push(full);
  }
}
