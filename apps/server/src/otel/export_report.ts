import type { Logger } from "../log.ts";

/** A collector that is down for a day must not fill the logs with it. */
const EVERY_MS = 60_000;

/** Tells in the log that exports fail, at most once a minute for each signal, and when they work again. */
export class ExportReport {
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #signals = new Map<string, { toldAt: number; unsaid: number }>();

  /** @param now Monotonic milliseconds. */
  constructor(log: Logger, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
  }

  failed(signal: string, error: unknown): void {
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
    if (this.#signals.delete(signal)) this.#log.info({ signal }, "Exports to the OpenTelemetry collector work again");
  }
}
