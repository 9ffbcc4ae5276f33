import type { Target } from "@cogniforge/core/engine";
import type { Cost, FailureInfo, Usage } from "@cogniforge/core/events";
import { failureInfo } from "@cogniforge/core/failures";
import type { BreakerBoard, Clock } from "@cogniforge/core/resilience";
import { FailureError } from "../failure_error.ts";
import { callOnce } from "./single_call.ts";

/** What came of a test; times in milliseconds. */
export type TargetTest =
  | {
      isOk: true;
      /** Absent where the model only thought. */
      firstTokenMs?: number;
      totalMs: number;
      /** The model's name as the provider gives it. */
      modelReported?: string;
      /** Its first words. */
      text: string;
      usage?: Usage;
      /** Absent where neither the provider nor a price table tells it. */
      cost?: Cost;
      isTrial: boolean;
    }
  | { isOk: false; totalMs: number; failure: FailureInfo };

export interface TargetTestsOptions {
  /** The target of that name, if it can be asked. */
  find: (provider: string, model: string) => Target | undefined;
  breakers: BreakerBoard;
  clock: Clock;
}

/** Each test is paid for: a page that goes mad must not cost more than this in a minute. */
const MOST_PER_MINUTE = 20;
const MINUTE_MS = 60_000;

/** Real calls to one target each, made by hand to see whether it works; no answer of anybody. */
export class TargetTests {
  readonly #options: TargetTestsOptions;
  /** When the tests of the last minute began, in monotonic milliseconds. */
  #begun: number[] = [];

  constructor(options: TargetTestsOptions) {
    this.#options = options;
  }

  /**
   * Asks a target one short question. Its circuit breaker hears of it as of any call: a test that works closes it.
   *
   * @throws {FailureError} `invalid-input` if no target of that name can be asked, `too-many-requests` after 20 in a minute.
   */
  async test({ provider, model }: { provider: string; model: string }, signal: AbortSignal): Promise<TargetTest> {
    const { find, breakers, clock } = this.#options;
    const target = find(provider, model);
    if (target === undefined) {
      throw new FailureError("invalid-input", {
        param: "provider",
        detail: { en: "No usable provider has this name", ar: "لا مزوّد صالح للاستعمال بهذا الاسم" },
      });
    }
    this.#count();
    const name = { provider: target.provider.name, model: target.model };
    const ticket = breakers.begin(name);
    const report = await callOnce(target, { clock, signal, onAnswering: () => ticket.answering() });
    const { failure, ...told } = report;
    if (failure === undefined) {
      ticket.succeeded();
      return { isOk: true, ...told, isTrial: target.provider.isTrial };
    }
    if (failure.code === "cancelled") ticket.abandoned();
    else ticket.failed(failure);
    // Our own words only: what the upstream said stays out of the page.
    const { code, status, retryAfterMs } = failure;
    const cause = { ...name, code, ...(status !== undefined && { status }) };
    return { isOk: false, totalMs: told.totalMs, failure: failureInfo(code, { retryAfterMs, causes: [cause] }) };
  }

  #count(): void {
    const now = this.#options.clock.now();
    this.#begun = this.#begun.filter((at) => now - at < MINUTE_MS);
    const oldest = this.#begun[0];
    if (oldest !== undefined && this.#begun.length >= MOST_PER_MINUTE) {
      throw new FailureError("too-many-requests", { retryAfterMs: oldest + MINUTE_MS - now });
    }
    this.#begun.push(now);
  }
}
