import { randomUUID } from "node:crypto";
import { FailureError } from "../failure_error.ts";
import type { CheckResult } from "./check.ts";
import type { DoctorDesk, Examination, ReadExaminationOptions } from "./desk.ts";
import { examine } from "./examine.ts";
import type { Patient } from "./patient.ts";

interface Run {
  id: string;
  startedAt: number;
  results: CheckResult[];
  isDone: boolean;
  /** Resolves at the next finding. */
  news: PromiseWithResolvers<void>;
}

/** One examination at a time, of which the last one is kept; starting is apart from reading, so that a reload asks nothing twice. */
export class Doctor implements DoctorDesk {
  readonly #admit: (publicUrl: string | undefined, signal: AbortSignal) => Promise<Patient>;
  readonly #closing = new AbortController();
  #run: Run | undefined;

  /** @param admit Tells what to look at. */
  constructor(admit: (publicUrl: string | undefined, signal: AbortSignal) => Promise<Patient>) {
    this.#admit = admit;
  }

  async start(publicUrl?: string): Promise<{ runId: string }> {
    if (this.#run !== undefined && !this.#run.isDone) return { runId: this.#run.id };
    const run: Run = {
      id: randomUUID(),
      startedAt: Date.now(),
      results: [],
      isDone: false,
      news: Promise.withResolvers(),
    };
    this.#run = run;
    void this.#examine(run, publicUrl);
    return { runId: run.id };
  }

  async read({ runId, after, waitMs, signal }: ReadExaminationOptions): Promise<Examination> {
    const run = this.#run;
    if (run === undefined && runId === undefined) return { startedAt: 0, results: [], next: 0, isDone: true };
    if (run === undefined || (runId !== undefined && runId !== run.id)) throw new FailureError("not-found");
    if (run.results.length <= after && !run.isDone && waitMs > 0) await waitFor(run.news.promise, waitMs, signal);
    const { id, startedAt, results, isDone } = run;
    return { runId: id, startedAt, results: results.slice(after), next: results.length, isDone };
  }

  /** Ends what is under way. */
  close(): void {
    this.#closing.abort();
  }

  async #examine(run: Run, publicUrl: string | undefined): Promise<void> {
    try {
      const patient = await this.#admit(publicUrl, this.#closing.signal);
      for await (const result of examine(patient)) {
        run.results.push(result);
        this.#tell(run);
      }
    } finally {
      run.isDone = true;
      this.#tell(run);
    }
  }

  #tell(run: Run): void {
    const { news } = run;
    run.news = Promise.withResolvers();
    news.resolve();
  }
}

async function waitFor(news: Promise<void>, waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  const timer = Promise.withResolvers<void>();
  const timeout = setTimeout(timer.resolve, waitMs);
  signal?.addEventListener("abort", () => timer.resolve(), { once: true });
  try {
    await Promise.race([news, timer.promise]);
  } finally {
    clearTimeout(timeout);
  }
}
