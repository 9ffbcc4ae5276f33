// `npm run model`: what many replicas need and what breaks first, from what the bench has measured.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { replaceMarked } from "../report/replace_marked.ts";
import type { Report } from "../report/write_report.ts";
import { readInputs } from "./inputs.ts";
import { modelTables } from "./model_tables.ts";
import { HELP, readOptions } from "./options.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = "docs/scaling.md";

if (process.argv.includes("--help")) process.stdout.write(HELP);
else {
  try {
    main();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

function main(): void {
  const { workload, limits, from, seed, isWritten } = readOptions(process.argv.slice(2));
  const { run, records } = readReport(from);
  const inputs = readInputs(records);
  const source = `${run.date}, commit ${run.commit}, ${run.cores} cores of ${run.cpu}, medians of ${run.rounds} rounds`;
  const tables = modelTables({ inputs, workload, limits }, source, seed);
  process.stdout.write(`${tables}\n`);
  if (!isWritten) return;
  const path = join(ROOT, PAGE);
  writeFileSync(path, replaceMarked(readFileSync(path, "utf8"), "model", tables));
  process.stdout.write(`\nWritten: ${PAGE}\n`);
}

/** @throws {SyntaxError} If the file is no report of the bench. */
function readReport(from: string): Pick<Report, "run" | "records"> {
  const path = resolve(ROOT, from);
  let report: Partial<Report> | null;
  try {
    report = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new SyntaxError(`Cannot read a report of the bench as JSON from '${from}': ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (!Array.isArray(report?.records) || report.run === undefined) {
    throw new SyntaxError(`Cannot read '${from}' as a report of the bench has 'run' and 'records'`);
  }
  return { run: report.run, records: report.records };
}
