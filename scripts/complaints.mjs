import { OutputLines } from "./output_lines.mjs";

// One row for each runner: the line where its report of failures begins, and the one that ends it.
const REPORTS = [
  { runner: "Vitest", begin: /⎯+ (?:Failed|Unhandled) \w+/, end: /^ *Test Files / },
  // The report of node:test is the last that it says.
  { runner: "node:test", begin: /^✖ failing tests:/, end: /^(?:core on |Deno|bun test|running \d)/ },
  { runner: "Deno", begin: /^ ERRORS *$/, end: /^FAILED \|/ },
  { runner: "Playwright", begin: /^ {2}1\) /, end: /^ *\d+ failed$/ },
];
const BUN_FAILURE = /^\(fail\) /;

/** As many lines of one report are kept. */
const LINES_KEPT = 120;

/**
 * Keeps what the runners say of failures as their output comes in, so that it can be told once more at the end: a task that fails among
 * others is thousands of lines above.
 */
export class Complaints {
  #kept = [];
  #lines = new OutputLines((line, prefix) => this.#read(line, prefix));
  /** The report that is being told, and by which task. */
  #open;

  /** Takes any piece of output, cut anywhere. */
  add(text) {
    this.#lines.add(text);
  }

  /** Everything that was kept, or an empty text. */
  toString() {
    return this.#kept.join("\n");
  }

  #read(line, prefix) {
    const begun = REPORTS.find(({ begin }) => begin.test(line));
    if (begun) this.#open = { end: begun.end, prefix, left: LINES_KEPT };
    else if (this.#open && (this.#open.prefix !== prefix || this.#open.end.test(line))) this.#open = undefined;
    if (this.#open ? this.#open.left-- > 0 : BUN_FAILURE.test(line)) this.#kept.push(prefix + line);
  }
}
