import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import { EMPTY_ANSWER_STATE, foldEvent } from "../events/mod.ts";
import type { Provider, ProviderContext, ProviderPart, ProviderRequest } from "../providers/mod.ts";
import { systemClock } from "../resilience/mod.ts";
import { answerText, type Behaviour, behaviour, checkAnswer, say } from "../testing/cut_models.ts";
import { ANSWER_ID, createWorld } from "./_world.ts";
import { watchAnswer } from "./watch.ts";

interface Scenario {
  whole: string;
  /** Characters after which each target's stream is cut, for each of its calls. */
  cuts: number[];
  behaviours: Behaviour[];
  prefill: boolean[];
  pieces: number;
  overlap: number;
  /** Events after which a reader disconnects. */
  drops: number[];
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  whole: answerText,
  cuts: fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 3 }),
  behaviours: fc.array(behaviour, { minLength: 4, maxLength: 4 }),
  prefill: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  pieces: fc.integer({ min: 1, max: 40 }),
  overlap: fc.nat({ max: 120 }),
  drops: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 12 }),
});

/** A target that knows the whole answer, is cut once, and goes on in its own way. */
class Target implements Provider {
  readonly dialect = "scripted";
  readonly isTrial = false;
  readonly name: string;
  readonly #scenario: Scenario;
  readonly #index: number;

  constructor(scenario: Scenario, index: number) {
    this.name = `target-${index}`;
    this.#scenario = scenario;
    this.#index = index;
  }

  acceptsPrefill(): boolean {
    return this.#scenario.prefill[this.#index] ?? false;
  }

  async *stream(request: ProviderRequest, { signal }: ProviderContext): AsyncGenerator<ProviderPart[]> {
    const { cuts, pieces } = this.#scenario;
    const cut = cuts[this.#index] ?? Number.POSITIVE_INFINITY;
    const { whole, behaviours, overlap } = this.#scenario;
    const handed = request.prefill ?? request.messages.findLast(({ role }) => role === "assistant")?.content;
    const known = typeof handed === "string" ? handed : undefined;
    const said = say(behaviours[this.#index], { whole, known, overlap, isFirst: this.#index === 0 });
    for (let at = 0; at < Math.min(said.length, cut); at += pieces) {
      signal.throwIfAborted();
      yield [{ type: "text", text: said.slice(at, Math.min(at + pieces, cut)) }];
    }
    if (cut === Number.POSITIVE_INFINITY) yield [{ type: "finish", reason: { unified: "stop" } }];
  }
}

const RUNS = process.env.COGNIFORGE_LONG ? 20_000 : 400;
/** The same in every ordinary run, so that a change that breaks nothing never turns it red; another in each long one. */
const SEED = Number(process.env.COGNIFORGE_SEED ?? (process.env.COGNIFORGE_LONG === "1" ? Date.now() % 2 ** 31 : 1));
console.log(`continuation properties: seed ${SEED}, ${RUNS} runs (COGNIFORGE_SEED repeats it)`);

test("Engine gives every reader every character exactly once, whatever is cut and however models go on", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (chosen) => {
      const targets = [0, 1, 2, 3].map((index) => new Target(chosen, index));
      const world = createWorld(targets, { maxRetries: 0, engine: { clock: systemClock, random: () => 0 } });
      await world.start();
      await checkAnswer({ ...world, answerId: ANSWER_ID }, chosen);
    }),
    { numRuns: RUNS, seed: SEED, verbose: 1 },
  );
});

test("AnswerState folds the same from deltas and from a snapshot at any point", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (chosen) => {
      const targets = [0, 1, 2, 3].map((index) => new Target(chosen, index));
      const world = createWorld(targets, { maxRetries: 0, engine: { clock: systemClock, random: () => 0 } });
      await world.start();
      const whole = await world.ended();
      let late = EMPTY_ANSWER_STATE;
      for await (const batch of watchAnswer(world.journal, ANSWER_ID, { past: "snapshot" })) {
        for (const { event } of batch) late = foldEvent(late, event);
      }
      const { setback: _one, ...known } = whole;
      const { setback: _other, ...seen } = late;
      assert.deepEqual(seen, known);
    }),
    { numRuns: Math.min(RUNS, 500), seed: SEED },
  );
});
