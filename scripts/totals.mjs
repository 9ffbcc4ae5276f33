import { OutputLines } from "./output_lines.mjs";

// One row for each line by which a runner sums up; the groups are numbers.
const SUMMARIES = [
  // node:test: "ℹ pass 12" (spec) or "# pass 12" (TAP)
  { pattern: /^(?:ℹ|#) pass (\d+)$/, passed: 1 },
  { pattern: /^(?:ℹ|#) (?:fail|cancelled) (\d+)$/, failed: 1 },
  // Deno: "ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)"
  { pattern: /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed/, passed: 1, failed: 2 },
  // Bun: " 12 pass" and " 0 fail"
  { pattern: /^ *(\d+) pass$/, passed: 1 },
  { pattern: /^ *(\d+) fail$/, failed: 1 },
  // Vitest: "      Tests  1 failed | 12 passed (13)"
  { pattern: /^ *Tests +(?:\d+ \w+ \| )*(\d+) passed\b/, passed: 1 },
  { pattern: /^ *Tests +(?:\d+ \w+ \| )*(\d+) failed\b/, failed: 1 },
  // Playwright: "  12 passed (4.1s)", "  1 failed", and "  1 flaky", which is a test that failed before it passed
  { pattern: /^ *(\d+) passed \(\d[\d.]*(?:ms|[smh])\)$/, passed: 1 },
  { pattern: /^ *(\d+) (?:failed|flaky|interrupted)$/, failed: 1 },
];

/** Sums the numbers of passed and failed tests over the runners' own summary lines, as their output comes in. */
export class Totals {
  passed = 0;
  failed = 0;
  #lines = new OutputLines((line) => this.#read(line));

  /** Takes any piece of output, cut anywhere. */
  add(text) {
    this.#lines.add(text);
  }

  /** Reads what is left when the output did not end in a line feed. */
  end() {
    this.#lines.end();
    return this;
  }

  toString() {
    return `${this.passed} passed, ${this.failed} failed`;
  }

  #read(line) {
    for (const { pattern, passed, failed } of SUMMARIES) {
      const match = pattern.exec(line);
      if (!match) continue;
      if (passed) this.passed += Number(match[passed]);
      if (failed) this.failed += Number(match[failed]);
    }
  }
}
