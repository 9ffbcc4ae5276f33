import type { Meter } from "@cogniforge/core/metrics";
import type { Logger } from "../log.ts";

/** A collector that is down for a day must not fill the logs with it. */
const EVERY_MS = 60_000;

export interface ExportReportOptions {
  log: Logger;
  meter: Pick<Meter, "add">;
  /** Monotonic milliseconds; by default of this process. */
  now?: () => number;
}

/** Counts exports, and tells in the log that they fail, at most once a minute for each signal, and when they work again. */
export class ExportReport {
  readonly #log: Logger;
  readonly #meter: Pick<Meter, "add">;
  readonly #now: () => number;
  readonly #signals = new Map<string, { toldAt: number; unsaid: number }>();

  constructor({ log, meter, now = () => performance.now() }: ExportReportOptions) {
    this.#log = log;
    this.#meter = meter;
    this.#now = now;
  }

  failed(signal: string, error: unknown): void {
    this.#meter.add("exports", { signal, outcome: "failed" });
    const now = this.#now();
    const known = this.#signals.get(signal);
    if (known !== undefined && now - known.toldAt < EVERY_MS) {
      known.unsaid += 1;
      return;
    }
    const failures = 1 + (known?.unsaid ?? 0);
    this.#signals.set(signal, { toldAt: now, unsaid: 0 });
    this.#log.warn({ signal, failures, err: error }, "An export to the OpenTelemetry collector failed");
  }

  succeeded(signal: string): void {
    this.#meter.add("exports", { signal, outcome: "sent" });
    if (this.#signals.delete(signal)) this.#log.info({ signal }, "Exports to the OpenTelemetry collector work again");
  }
}
