import { FailureError, type FailureInfo } from "@cogniforge/client";
import type { CheckResult, ConsoleApi } from "#lib/api/console_api.ts";

type DoctorApi = Pick<ConsoleApi, "startExamination" | "readExamination">;

/** How long one reading waits for news, in milliseconds. */
const WAIT_MS = 20_000;

/** The last examination of the server, or the one under way: what it found, as it finds it. */
export class DoctorState {
  readonly #api: DoctorApi;
  /** Ends the following of an examination that is no longer shown. */
  #following = new AbortController();
  results = $state.raw<readonly CheckResult[]>([]);
  /** Epoch milliseconds; `undefined` before anything was read, 0 where there was no examination yet. */
  startedAt = $state<number | undefined>();
  isRunning = $state(false);
  failure = $state.raw<FailureInfo | undefined>();

  constructor(api: DoctorApi) {
    this.#api = api;
  }

  /** Shows the last examination and begins the first one where there was none; ends with the returned function. */
  open(): () => void {
    void this.#follow(undefined).then(() => {
      if (this.startedAt === 0 && this.failure === undefined) void this.run();
    });
    return () => this.#following.abort();
  }

  /** Begins an examination. */
  async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    this.failure = undefined;
    try {
      const { runId } = await this.#api.startExamination();
      await this.#follow(runId);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #follow(asked: string | undefined): Promise<void> {
    this.#following.abort();
    this.#following = new AbortController();
    const { signal } = this.#following;
    let runId = asked;
    let after = 0;
    let found: readonly CheckResult[] = [];
    try {
      for (;;) {
        const waitMs = runId === undefined ? 0 : WAIT_MS;
        const { results, next, isDone, startedAt, ...rest } = await this.#api.readExamination(
          { runId, after, waitMs },
          signal,
        );
        if (signal.aborted) return;
        runId = rest.runId;
        after = next;
        found = [...found, ...results];
        this.results = found;
        this.startedAt = startedAt;
        this.failure = undefined;
        this.isRunning = !isDone;
        if (isDone) return;
      }
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.isRunning = false;
    if (!(error instanceof FailureError)) throw error;
    this.failure = error.info;
  }
}
