import type { BreakerMove } from "../events/mod.ts";
import type { BreakerChange, BreakerTicket } from "../resilience/mod.ts";
import type { AttemptFact } from "./answer_writer.ts";
import type { AttemptResult } from "./attempt.ts";
import { runAttempt } from "./attempt.ts";
import type { AttemptShape } from "./continuer.ts";
import { isBegun } from "./continuer.ts";
import { EndedByEngine } from "./ended.ts";
import { attemptEnd, attemptStart } from "./facts.ts";
import type { Plan, Step } from "./plan.ts";
import { nameOf } from "./route.ts";
import type { CourseOptions, Made } from "./run_options.ts";

export interface RaceOptions extends CourseOptions {
  plan: Plan;
  /** Ends the answer, for whatever reason. */
  ended: AbortSignal;
}

/** Why an attempt ends that has not won; made once, since an error costs its stack. */
const LOST = new EndedByEngine("cancelled");

interface Runner {
  attempt: number;
  step: Step;
  shape: AttemptShape;
  abort: AbortController;
  /** Reasoning that waits until it is known who answers. */
  held: AttemptFact[];
  /** How long readers saw nothing new before this continuation's first text, in milliseconds. */
  freezeMs?: number;
  result: Promise<AttemptResult>;
}

/**
 * One attempt, and a second one abreast of it where the route hedges and the first shows nothing in time.
 *
 * The first to commit wins; the other is cancelled, and what it reported of its cost is kept.
 */
export class Race {
  readonly #options: RaceOptions;
  readonly #runners: Runner[] = [];
  #winner: Runner | undefined;
  #hasSign = false;
  #onHedge: (() => void) | undefined;

  constructor(options: RaceOptions) {
    this.#options = options;
  }

  /**
   * Runs to the end and returns what was made, the decisive attempt last. The ends of the others are written; the decisive one's
   * is not, since it tells what happens next.
   */
  async run(step: Step, shape: AttemptShape): Promise<Made[]> {
    const first = await this.#begin(step, shape);
    const cancelHedge = this.#armHedge();
    try {
      const hedge = new Promise<"hedge">((resolve) => {
        this.#onHedge = () => resolve("hedge");
      });
      const outcome = await Promise.race([first.result, hedge]);
      if (outcome !== "hedge") return [await this.#made(first)];
      return await this.#runAbreast(first);
    } finally {
      cancelHedge();
      // Nothing runs on when one of two could not be written.
      for (const { abort } of this.#runners) abort.abort(LOST);
    }
  }

  async #runAbreast(first: Runner): Promise<Made[]> {
    const { plan, continuer, writer } = this.#options;
    const step = this.#hasSign ? undefined : plan.hedge();
    const shape = step && continuer.shape(step.target, writer.state);
    if (step === undefined || shape === undefined || !this.#options.resilience.hedges.tryHedge()) {
      return [await this.#made(first)];
    }
    const second = await this.#begin(step, shape);
    const over = await Promise.race([this.#whenOver(first), this.#whenOver(second)]);
    const other = over === first ? second : first;
    // Whoever is over without having won has failed; the other one decides.
    const [minor, decisive] = this.#winner === over ? [other, over] : [over, other];
    const [minorMade, decisiveMade] = [await this.#made(minor), await this.#made(decisive)];
    // A call that was cancelled rarely tells its cost: what the other one cost is the nearest guess.
    const hedge = minorMade.step.why === "hedge" ? minorMade.result : decisiveMade.result;
    const paid = hedge.cost ?? minorMade.result.cost ?? decisiveMade.result.cost;
    if (paid !== undefined) this.#options.resilience.hedges.noteSpend(paid.amount);
    plan.settle(decisive.step.target, minorMade.result.outcome === "cancelled" ? undefined : minor.step.target);
    await writer.write([attemptEnd(minorMade.result, minor.attempt, undefined)]);
    return [minorMade, decisiveMade];
  }

  async #whenOver(runner: Runner): Promise<Runner> {
    await runner.result;
    return runner;
  }

  async #made(runner: Runner): Promise<Made> {
    const { attempt, step, shape } = runner;
    const result = await runner.result;
    const { freezeMs } = runner;
    if (result.seam !== undefined && freezeMs !== undefined) result.seam = { ...result.seam, freezeMs };
    return { attempt, step, shape, result };
  }

  async #begin(step: Step, shape: AttemptShape): Promise<Runner> {
    const { writer, route, clock, ended, resilience } = this.#options;
    const attempt = (writer.state.attempts.at(-1)?.attempt ?? 0) + 1;
    await writer.write([attemptStart(step, attempt, writer.state.text.length, shape.strategy)]);
    const abort = new AbortController();
    const onEnded = () => abort.abort(ended.reason);
    if (ended.aborted) onEnded();
    else ended.addEventListener("abort", onEnded, { once: true });
    const ticket = resilience.breakers.begin(nameOf(step.target));
    const runner: Runner = { attempt, step, shape, abort, held: [], result: Promise.resolve() as never };
    this.#runners.push(runner);
    const run = async () => {
      try {
        const result = await runAttempt({
          attempt,
          target: step.target,
          why: step.why,
          shape,
          deliveredCalls: writer.state.toolCalls,
          timeouts: route.timeouts,
          clock,
          signal: abort.signal,
          release: (facts) => this.#release(runner, facts, ticket),
          observer: this.#options.observer,
        });
        report(ticket, result);
        return ticket.changes.length > 0 ? { ...result, breakers: ticket.changes.map(moveOf) } : result;
      } finally {
        ended.removeEventListener("abort", onEnded);
        ticket.abandoned();
      }
    };
    runner.result = run();
    // Whoever waits for it hears of it; a rejection of the other runner must not go unheard meanwhile.
    runner.result.catch(() => {});
    return runner;
  }

  async #release(runner: Runner, facts: readonly AttemptFact[], ticket: BreakerTicket): Promise<void> {
    if (facts.length === 0) return;
    this.#hasSign = true;
    if (this.#winner === undefined && facts.some(isContent)) this.#win(runner, ticket);
    if (this.#winner !== undefined && this.#winner !== runner) return;
    if (this.#winner === undefined && this.#runners.length > 1) {
      runner.held.push(...facts);
      return;
    }
    const { writer, timing, clock } = this.#options;
    const all = runner.held.length > 0 ? [...runner.held.splice(0), ...facts] : facts;
    if (runner.shape.strategy !== undefined && all.some(({ type }) => type === "text-delta")) {
      runner.freezeMs ??= this.#freezeMs();
    }
    for (const { type } of all) {
      if (type === "text-delta") timing.noteText(clock.now());
      else if (type === "reasoning-delta") timing.noteReasoning(clock.now());
    }
    await writer.write(all);
  }

  /** Since the last text that readers got: by the monotonic clock, or, from a dead holder, by the wall's. */
  #freezeMs(): number {
    const { timing, clock, writer } = this.#options;
    const lastAt = writer.state.lastTokenAt ?? clock.wallTime();
    const ms = timing.lastTextAt === undefined ? clock.wallTime() - lastAt : clock.now() - timing.lastTextAt;
    return Math.max(0, Math.round(ms));
  }

  #win(runner: Runner, ticket: BreakerTicket): void {
    this.#winner = runner;
    ticket.answering();
    for (const other of this.#runners) if (other !== runner) other.abort.abort(LOST);
  }

  /** Lets the hedge start when nothing was shown in time; never once readers have text, nor for a continuation. */
  #armHedge(): () => void {
    const { route, clock, writer } = this.#options;
    if (route.hedgeAfterMs === null || isBegun(writer.state)) return () => {};
    return clock.setTimer(() => this.#onHedge?.(), route.hedgeAfterMs);
  }
}

function isContent({ type }: AttemptFact): boolean {
  return type === "text-delta" || type === "tool-call";
}

function moveOf({ model, state, retryAt }: BreakerChange): BreakerMove {
  return { scope: model === undefined ? "provider" : "target", state, ...(retryAt !== undefined && { retryAt }) };
}

/** Tells the breaker how an attempt went, as far as that says something about its target. */
function report(ticket: BreakerTicket, { failure, outcome }: AttemptResult): void {
  if (failure === undefined) ticket.succeeded();
  else if (outcome === "cancelled") ticket.abandoned();
  else ticket.failed(failure);
}
