import type { AnswerState } from "../events/mod.ts";
import type { UpstreamFailure } from "../failures/mod.ts";
import { wait } from "../resilience/mod.ts";
import type { AttemptResult } from "./attempt.ts";
import { isBegun } from "./continuer.ts";
import { EndedByEngine } from "./ended.ts";
import type { Ending } from "./facts.ts";
import { attemptEnd } from "./facts.ts";
import type { Step } from "./plan.ts";
import { Plan } from "./plan.ts";
import { Race } from "./race.ts";
import { nameOf } from "./route.ts";
import type { CourseOptions, Made } from "./run_options.ts";
import type { FailedAttempt } from "./summary.ts";
import { finalFailure } from "./summary.ts";

/** The attempts of one answer, one after the other (or two abreast where a hedge starts), until it ends. */
export class Course implements Disposable {
  readonly #options: CourseOptions;
  readonly #plan: Plan;
  readonly #ended = new AbortController();
  readonly #failed: FailedAttempt[] = [];
  readonly #release: () => void;
  #endedAtLength: AttemptResult | undefined;

  constructor(options: CourseOptions) {
    this.#options = options;
    const { route, clock, random, signal, resilience, past, writer } = options;
    // The time in which a dead holder carried the answer counts; the time in which nobody did does not.
    const totalMs = Math.max(0, route.timeouts.totalMs - (past?.carriedMs ?? 0));
    const onEnded = () => this.#ended.abort(signal.reason);
    if (signal.aborted) onEnded();
    else signal.addEventListener("abort", onEnded, { once: true });
    const cancelDeadline = clock.setTimer(() => this.#ended.abort(new EndedByEngine("deadline")), totalMs);
    this.#release = () => {
      cancelDeadline();
      signal.removeEventListener("abort", onEnded);
    };
    this.#plan = new Plan(route, {
      now: () => clock.now(),
      random,
      deadline: clock.now() + totalMs,
      isAvailable: (target) => resilience.breakers.isAvailable(nameOf(target)),
      mayRetry: () => resilience.retries.tryRetry(),
      made: writer.state.attempts.length,
    });
  }

  [Symbol.dispose](): void {
    this.#release();
  }

  /**
   * Makes attempts until one completes or nothing is left to try.
   *
   * @throws {EndedByEngine} If this process gives the answer up without ending it.
   */
  async run(): Promise<Ending> {
    const { writer, resilience } = this.#options;
    resilience.retries.noteAnswer();
    resilience.hedges.noteAnswer();
    let step = this.#plan.first(writer.state.attempts.length > 0 ? "recovery" : "first");
    let last: AttemptResult | undefined;
    while (step !== undefined) {
      const shape = this.#options.continuer.shape(step.target, writer.state);
      if (shape === undefined) {
        step = this.#plan.without();
        continue;
      }
      const made = await new Race({ ...this.#options, plan: this.#plan, ended: this.#ended.signal }).run(step, shape);
      this.#throwIfGivenUp();
      const decisive = made.at(-1);
      if (decisive === undefined) break;
      for (const one of made) {
        const { failure, outcome } = one.result;
        // Whoever lost a race was cancelled for no fault of its own.
        const isFault = one === decisive || outcome !== "cancelled";
        if (failure !== undefined && isFault) this.#failed.push({ ...nameOf(one.step.target), failure });
      }
      last = decisive.result;
      if (last.isCommitted) this.#options.continuer.noteAccepted(decisive.step.target, decisive.shape.strategy);
      step = this.#after(decisive, writer.state);
      const ended = attemptEnd(last, decisive.attempt, step);
      // The last one goes out with the answer's own end.
      if (step === undefined) writer.stage(ended);
      else await writer.write([ended]);
      const interruption = step && step.waitMs > 0 ? await this.#wait(step.waitMs) : undefined;
      if (step === undefined || interruption === undefined) continue;
      this.#failed.push({ ...nameOf(step.target), failure: interruption });
      last = { ...last, outcome: interruption.code === "cancelled" ? "cancelled" : "failed" };
      break;
    }
    // What ended at a ceiling of tokens had ended, whatever became of going on.
    if (last?.outcome === "failed" && this.#endedAtLength !== undefined)
      return { last: this.#endedAtLength, failure: undefined };
    return { last, failure: last?.outcome === "completed" ? undefined : finalFailure(this.#failed) };
  }

  /** What follows an attempt: nothing, another attempt on the same question, or a continuation of what readers have. */
  #after({ step, shape, result }: Made, state: AnswerState): Step | undefined {
    const { continuer, route } = this.#options;
    const { failure } = result;
    if (failure === undefined) return this.#pastLength(result, state);
    if (!isBegun(state)) return this.#plan.after(failure);
    if (!continuer.mayContinue(state, route.onCut, failure)) return undefined;
    const { strategy } = shape;
    if (strategy !== undefined && !result.isCommitted && continuer.noteDeadEnd(step.target, strategy, failure)) {
      // The same target at once, in a plainer way; if there is none left, the plan goes on.
      if (continuer.shape(step.target, state) !== undefined) return { ...step, why: "continuation", waitMs: 0 };
    }
    // Once readers have text, a request that one target refuses is no verdict on the question: another may take it.
    const judged: UpstreamFailure = failure.action === "tell" ? { ...failure, action: "fallback" } : failure;
    const next = this.#plan.after(judged, { hasProgressed: result.isCommitted });
    return next && { ...next, why: "continuation" };
  }

  /** Where a ceiling of tokens is no end, the model goes on as long as it brings something new. */
  #pastLength(result: AttemptResult, state: AnswerState): Step | undefined {
    const { continuer, route } = this.#options;
    const isCutShort = result.finishReason?.unified === "length" && result.isCommitted;
    if (!route.goesPastLength || !isCutShort || !continuer.mayContinue(state, route.onCut)) return undefined;
    this.#endedAtLength = result;
    return this.#plan.again();
  }

  async #wait(ms: number): Promise<UpstreamFailure | undefined> {
    try {
      await wait(this.#options.clock, ms, this.#ended.signal);
      return undefined;
    } catch (error) {
      this.#throwIfGivenUp();
      return { code: error instanceof EndedByEngine ? error.code : "internal", action: "tell" };
    }
  }

  /** This process gives the answer up without ending it: somebody else goes on with it. */
  #throwIfGivenUp(): void {
    const { reason } = this.#options.signal;
    if (reason instanceof EndedByEngine && reason.code === "interrupted") throw reason;
  }
}
