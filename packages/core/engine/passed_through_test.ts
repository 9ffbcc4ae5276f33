import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AnswerEvent, EMPTY_ANSWER_STATE, foldEvent } from "../events/mod.ts";
import type { Provider, ProviderPart, ProviderRequest } from "../providers/mod.ts";
import { systemClock } from "../resilience/mod.ts";
import { ANSWER_ID, createWorld, STOP, scripted, text } from "./_world.ts";
import { watchAnswer } from "./watch.ts";

interface Token {
  token: string;
  logprob: number;
  bytes: number[];
}

const TEXT =
  "Aleppo is one of the oldest cities in the world.\n\nIts citadel 🏰 stands on a hill, and has stood there for long.";
/** Tokens of one to six characters, no pair of surrogates split. */
const TOKENS = TEXT.match(/\s*[^\s]{1,5}\s?/gu) ?? [];
assert.equal(TOKENS.join(""), TEXT);
const entryOf = (token: string, logprob = -0.25): Token => ({
  token,
  logprob,
  bytes: [...new TextEncoder().encode(token)],
});
const partOf = (token: string, logprob?: number): ProviderPart => ({
  type: "text",
  text: token,
  logprobs: [entryOf(token, logprob)],
});
const details = [{ type: "reasoning.encrypted", data: "b3BhcXVl", index: 0 }];
const call = { type: "tool-call", index: 0, id: "call_1", name: "f", arguments: "{}" } as const;
const FAIL = { fail: { code: "server-error", action: "fallback" } } as const;

/** A model that dies after so many tokens, and goes on by saying the rest, or all of it again. */
class CutModel implements Provider {
  readonly name = "a";
  readonly dialect = "scripted";
  readonly isTrial = false;
  #calls = 0;
  readonly #cut: number;
  readonly #isRestarting: boolean;

  constructor(cut: number, isRestarting: boolean) {
    this.#cut = cut;
    this.#isRestarting = isRestarting;
  }

  acceptsPrefill(): boolean {
    return true;
  }

  async *stream({ prefill = "" }: ProviderRequest): AsyncGenerator<ProviderPart[]> {
    const isFirst = this.#calls++ === 0;
    if (isFirst) {
      for (const token of TOKENS.slice(0, this.#cut)) yield [partOf(token, -0.25)];
      return;
    }
    const rest = this.#isRestarting ? TEXT : TEXT.slice(prefill.length);
    for (const token of rest.match(/\s*[^\s]{1,5}\s?/gu) ?? []) yield [partOf(token, -0.75)];
    yield [{ type: "finish", reason: { unified: "stop" } }];
  }
}

describe("The engine passes log probabilities through", () => {
  test("each with exactly the delta whose text it is, however a reader catches up", async () => {
    const batches = TOKENS.map((token) => ({ parts: [partOf(token)] }));
    const world = createWorld([scripted("a", [...batches, STOP])]);
    await world.start();
    const state = await world.ended();
    assert.deepEqual(
      state.logprobs,
      TOKENS.map((token) => entryOf(token)),
    );
    // All of it is there now: one delta, or one snapshot.
    const joined = (await world.events()).filter((event) => event.type === "text-delta");
    assert.equal(joined.length, 1);
    assert.deepEqual(joined[0]?.logprobs, state.logprobs);
    const told: AnswerEvent[] = [];
    for await (const batch of watchAnswer(world.journal, ANSWER_ID, { past: "snapshot" })) {
      told.push(...batch.map(({ event }) => event));
    }
    assert.equal(told[1]?.type, "snapshot");
    assert.deepEqual(told.reduce(foldEvent, EMPTY_ANSWER_STATE).logprobs, state.logprobs);
  });

  for (const isRestarting of [false, true]) {
    test(`without those of what a seam swallowed, when the model ${isRestarting ? "begins anew" : "goes on"}`, async () => {
      for (let cut = 1; cut < TOKENS.length; cut++) {
        const world = createWorld([new CutModel(cut, isRestarting)], {
          engine: { clock: systemClock, random: () => 0 },
        });
        await world.start();
        const { text: whole, logprobs = [] } = await world.ended();
        assert.equal(whole, TEXT, `cut after token ${cut}`);
        const tokens = logprobs as Token[];
        const before = TOKENS.slice(0, cut).join("");
        assert.deepEqual(
          tokens.slice(0, cut),
          TOKENS.slice(0, cut).map((token) => entryOf(token)),
          `cut after token ${cut}: what was released before`,
        );
        const after = tokens.slice(cut);
        assert.ok(after.every(({ logprob }) => logprob === -0.75));
        const said = after.map(({ token }) => token).join("");
        const fresh = TEXT.slice(before.length);
        // The first one may begin within what was swallowed, but lies not wholly in it.
        assert.ok(said.endsWith(fresh), `cut after token ${cut}: '${said}' for '${fresh}'`);
        assert.ok(said.length - fresh.length < (after[0]?.token.length ?? 0), `cut after token ${cut}`);
      }
    });
  }

  test("none where the provider gives none", async () => {
    const world = createWorld([scripted("a", [text("Hi"), text(" you"), STOP])]);
    await world.start();
    assert.equal((await world.ended()).logprobs, undefined);
    assert.ok((await world.events()).every((event) => !("logprobs" in event)));
  });
});

describe("The engine hands back what a provider wants back", () => {
  test("beside a tool call", async () => {
    const extra = { google: { thought_signature: "c2ln" } };
    const world = createWorld([scripted("a", [{ parts: [{ ...call, extra }] }, STOP])]);
    await world.start();
    const { toolCalls } = await world.ended();
    assert.deepEqual(toolCalls, [{ attempt: 1, index: 0, id: "call_1", name: "f", arguments: "{}", extra }]);
  });

  test("of its reasoning, once, before the attempt's end", async () => {
    const world = createWorld([scripted("a", [{ parts: [{ type: "reasoning-details", details }] }, text("Hi"), STOP])]);
    await world.start();
    assert.deepEqual(
      (await world.events()).map(({ type }) => type),
      ["answer-start", "attempt-start", "text-delta", "reasoning-details", "attempt-end", "answer-end"],
    );
    assert.deepEqual((await world.ended()).reasoningDetails, details);
  });

  test("of no attempt that has failed", async () => {
    const cut = [text("Hi"), { parts: [{ type: "reasoning-details", details } as const] }, FAIL];
    const world = createWorld([scripted("a", cut), scripted("b", [text("Hi there"), STOP])], {
      engine: { clock: systemClock, random: () => 0 },
    });
    await world.start();
    const { reasoningDetails, text: whole } = await world.ended();
    assert.equal(whole, "Hi there");
    assert.deepEqual(reasoningDetails, []);
    assert.ok((await world.events()).every(({ type }) => type !== "reasoning-details"));
  });

  test("of the attempt that runs, never of one before it", () => {
    const at = 0;
    const start = { type: "attempt-start", provider: "a", model: "m", why: "first", offset: 0, at } as const;
    const events: AnswerEvent[] = [
      { ...start, seq: 1, attempt: 1 },
      { type: "reasoning-details", seq: 2, at, attempt: 1, details },
    ];
    const state = events.reduce(foldEvent, EMPTY_ANSWER_STATE);
    assert.deepEqual(state.reasoningDetails, details);
    assert.deepEqual(foldEvent(state, { ...start, seq: 3, attempt: 2 }).reasoningDetails, []);
  });
});

test("foldEvent() takes only the tokens of what is new of a delta", () => {
  const delta = { type: "text-delta", at: 0, attempt: 1 } as const;
  const state = [
    { ...delta, seq: 1, offset: 0, text: "one ", logprobs: [entryOf("one ")] },
    { ...delta, seq: 2, offset: 0, text: "one two", logprobs: [entryOf("one "), entryOf("two")] },
  ].reduce(foldEvent, EMPTY_ANSWER_STATE);
  assert.equal(state.text, "one two");
  assert.deepEqual(state.logprobs, [entryOf("one "), entryOf("two")]);
});

test("The engine keeps the words apart in which a model declines, also for a reader who catches up", async () => {
  const said = [
    { type: "text", text: "Well. " },
    { type: "text", text: "I can't ", isRefusal: true },
    { type: "text", text: "do that", isRefusal: true },
  ] as const;
  for (const batches of [[[...said]], said.map((part) => [part])]) {
    const world = createWorld([scripted("a", [...batches.map((parts) => ({ parts })), STOP])]);
    await world.start();
    const { text: whole, refusedAt } = await world.ended();
    assert.equal(whole, "Well. I can't do that");
    assert.equal(refusedAt, 6);
    const deltas = (await world.events()).filter((event) => event.type === "text-delta");
    assert.deepEqual(
      deltas.map(({ text, isRefusal }) => [text, isRefusal]),
      [
        ["Well. ", undefined],
        ["I can't do that", true],
      ],
    );
  }
});
