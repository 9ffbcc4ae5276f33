import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import { EMPTY_ANSWER_STATE, foldEvent } from "../events/mod.ts";
import { decodeCursor } from "../journal/mod.ts";
import type { Provider, ProviderContext, ProviderPart, ProviderRequest } from "../providers/mod.ts";
import { systemClock } from "../resilience/mod.ts";
import { ANSWER_ID, createWorld, type World } from "./_world.ts";
import { watchAnswer } from "./watch.ts";

/** Words of the languages and notations that answers are written in; some repeat, so that overlaps are not unique. */
const WORDS = [
  "the",
  "the",
  "very",
  "answer",
  "cut",
  "42",
  "x = x + 1;",
  "```js",
  "```",
  "| a | b |",
  "- item",
  "العربيّة",
  "مُدَرِّسَةٌ",
  "في",
  "في",
  "التَّشكيل،",
  "👩‍👩‍👧‍👦",
  "🇸🇦",
  "❤️‍🔥",
  "naïve",
  "日本語",
] as const;
const GAPS = [" ", " ", " ", "\n", "\n\n", "\n    ", "  "] as const;

const answerText = fc
  .array(fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom(...GAPS)), { minLength: 3, maxLength: 60 })
  .map((pairs) =>
    pairs
      .map(([word, gap]) => word + gap)
      .join("")
      .trimEnd(),
  );

type Behaviour =
  | "exact"
  | "no-leading-blank"
  | "extra-blank"
  | "restart"
  | "overlap"
  | "announces"
  | "announces-restart"
  | "rewords";
const behaviour = fc.constantFrom<Behaviour>(
  "exact",
  "no-leading-blank",
  "extra-blank",
  "restart",
  "overlap",
  "announces",
  "announces-restart",
  "rewords",
);

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

const REWORDED =
  "An other text which says the same with other words and goes on for a while until it comes to its end somewhere";

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
    const said = this.#say(request);
    for (let at = 0; at < Math.min(said.length, cut); at += pieces) {
      signal.throwIfAborted();
      yield [{ type: "text", text: said.slice(at, Math.min(at + pieces, cut)) }];
    }
    if (cut === Number.POSITIVE_INFINITY) yield [{ type: "finish", reason: { unified: "stop" } }];
  }

  #say({ prefill, messages }: ProviderRequest): string {
    const { whole, behaviours, overlap } = this.#scenario;
    const known = prefill ?? messages.findLast(({ role }) => role === "assistant")?.content;
    const way = behaviours[this.#index];
    if (typeof known !== "string") return way === "rewords" && this.#index > 0 ? REWORDED : whole;
    const rest = whole.slice(known.length);
    switch (way) {
      case "no-leading-blank":
        return rest.trimStart();
      case "extra-blank":
        return ` ${rest}`;
      case "restart":
        return whole;
      case "overlap":
        return known.slice(Math.max(0, known.length - overlap)) + rest;
      case "announces":
        return `Sure, continuing:\n\n${rest.trimStart()}`;
      case "announces-restart":
        return `بالتأكيد، أكمل الإجابة:\n\n${whole}`;
      case "rewords":
        return REWORDED;
      default:
        return rest;
    }
  }
}

/** Reads with disconnects: after each drop it comes back with its last cursor, and checks every offset. */
async function readDropping(world: World, drops: readonly number[]): Promise<string> {
  let text = "";
  let cursor: string | undefined;
  for (let life = 0; life < 1_000; life++) {
    let left = drops[life] ?? Number.POSITIVE_INFINITY;
    const position = cursor === undefined ? undefined : decodeCursor(cursor);
    for await (const batch of watchAnswer(world.journal, ANSWER_ID, {
      position,
      past: life % 2 ? "snapshot" : "deltas",
    })) {
      for (const { cursor: after, event } of batch) {
        if (event.type === "snapshot") text = event.text;
        if (event.type === "text-delta") {
          assert.equal(event.offset, text.length);
          text += event.text;
        }
        cursor = after;
        if (event.type === "answer-end") return text;
        left--;
        if (left <= 0) break;
      }
      if (left <= 0) break;
    }
  }
  throw new RangeError("Cannot read the answer to its end: it has none");
}

const RUNS = process.env.COGNIFORGE_LONG ? 20_000 : 400;
const SEED = Number(process.env.COGNIFORGE_SEED ?? Date.now() % 2 ** 31);
console.log(`continuation properties: seed ${SEED}, ${RUNS} runs (COGNIFORGE_SEED repeats it)`);

test("Engine gives every reader every character exactly once, whatever is cut and however models go on", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (chosen) => {
      const targets = [0, 1, 2, 3].map((index) => new Target(chosen, index));
      const world = createWorld(targets, { maxRetries: 0, engine: { clock: systemClock, random: () => 0 } });
      await world.start();
      const [read, { text, end, attempts }] = await Promise.all([readDropping(world, chosen.drops), world.ended()]);
      assert.equal(read, text);
      assert.equal(end.outcome, "completed");
      assert.equal(end.length, text.length);
      assert.ok(text.isWellFormed());
      for (const { seam, from, to } of attempts) {
        if (seam === undefined || seam.isVerified || from === to || from === 0) continue;
        assert.doesNotMatch(text.slice(from - 1, from + 1), /[\p{L}\p{N}][\p{L}\p{N}]/u, "the join is within a word");
      }
      // Nothing may be doubled or lost, unless a model that was asked says the same in other words.
      const hasReworded = attempts.some(
        ({ provider, attempt }) => attempt > 1 && chosen.behaviours[Number(provider.at(-1))] === "rewords",
      );
      if (!hasReworded) assert.equal(text, chosen.whole);
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
