import { Histogram } from "../measure/histogram.ts";
import type { JobResult } from "./job.ts";

/** Adds up what the lanes of one job see. */
export class Tally {
  answers = 0;
  tokens = 0;
  bytes = 0;
  readonly broken: Record<string, number> = {};
  readonly firstToken = new Histogram();
  readonly latency = new Histogram();
  readonly total = new Histogram();
  readonly #beganAt = performance.now();
  readonly #cpu = process.cpuUsage();

  /** Milliseconds since the job began. */
  get elapsedMs(): number {
    return performance.now() - this.#beganAt;
  }

  ended(fault: string | undefined): void {
    if (fault === undefined) this.answers++;
    else this.broken[fault] = (this.broken[fault] ?? 0) + 1;
  }

  result(): JobResult {
    const { user, system } = process.cpuUsage(this.#cpu);
    return {
      answers: this.answers,
      broken: this.broken,
      tokens: this.tokens,
      bytes: this.bytes,
      elapsedMs: this.elapsedMs,
      firstToken: this.firstToken.summary(),
      latency: this.latency.summary(),
      total: this.total.summary(),
      clientCpuMs: (user + system) / 1e3,
    };
  }
}
