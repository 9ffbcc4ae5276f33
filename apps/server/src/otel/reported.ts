import type { ExportReport } from "./export_report.ts";

/** What both exporters of the SDK tell of an export; `code` is 0 where it went well. */
interface Result {
  code: number;
  error?: Error;
}

interface Exporter<Batch> {
  export(batch: Batch, done: (result: Result) => void): void;
}

/** Lets the report hear how each export of an exporter went. */
export function reported<Batch, Own extends Exporter<Batch>>(
  exporter: Own & Exporter<Batch>,
  signal: string,
  report: ExportReport,
): Own {
  const send = exporter.export.bind(exporter);
  exporter.export = (batch: Batch, done: (result: Result) => void) =>
    send(batch, (result) => {
      if (result.code === 0) report.succeeded(signal);
      else report.failed(signal, result.error ?? new Error("The collector did not take it"));
      done(result);
    });
  return exporter;
}
