import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BenchRecord } from "../measure/record.ts";
import type { RunInfo } from "./machine.ts";
import { replaceMarked } from "./replace_marked.ts";
import { tablesOf } from "./tables.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What one run measured, as it is kept. */
export interface Report {
  run: RunInfo;
  /** Servers that were left out, and why. */
  missing: Record<string, string>;
  records: readonly BenchRecord[];
}

/**
 * Writes a run's figures as JSON and as a page, to `bench/results/`, and to a page of `docs/` if it is to be published.
 *
 * In a page that is there, only what stands between the two marks is replaced: the words around it are people's.
 *
 * @returns The files that were written, as paths from the root.
 */
export function writeReport(report: Report, page: "performance" | "scaling" | undefined): string[] {
  const places = [["bench/results/latest.json", "bench/results/latest.md"]];
  if (page !== undefined) places.push([`docs/${page}.json`, `docs/${page}.md`]);
  for (const [json = "", file = ""] of places) {
    mkdirSync(join(ROOT, dirname(json)), { recursive: true });
    writeFileSync(join(ROOT, json), `${JSON.stringify(report, null, 1)}\n`);
    const path = join(ROOT, file);
    const before = existsSync(path) ? readFileSync(path, "utf8") : FIRST_PAGE;
    // Within a page on more than figures they stand one level lower.
    const tables = tablesOf(report.records, file === "docs/scaling.md" ? 3 : 2);
    writeFileSync(path, replaceMarked(before, "figures", `${runLine(report)}\n\n${tables}`));
  }
  return places.flat();
}

const FIRST_PAGE = `# Performance

What CogniForge costs between a reader and a provider, beside the least that Node can do and beside a peer, with journal, measures and
sign-in on. \`npm run bench\` makes this page; \`bench/README.md\` says how to read it.

<!-- figures: begin -->
<!-- figures: end -->
`;

function runLine({ run, missing }: Report): string {
  const { date, commit, node, system, cpu, cores, memoryGib, loadBefore, isPinned, rounds, minutes } = run;
  const pinned = isPinned ? "the server on a core of its own" : "nothing pinned";
  const left = Object.entries(missing).map(([name, reason]) => `\n\nLeft out: ${name}, as ${reason}.`);
  return `${date}, commit ${commit}, Node ${node}, ${system}, ${cores} cores of ${cpu}, ${memoryGib} GiB, ${pinned}, load ${loadBefore} before. Medians of ${rounds} rounds, servers in turn; ± is half the range. The run took ${minutes.toFixed(0)} minutes.${left.join("")}`;
}
