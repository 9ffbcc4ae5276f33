import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FailureCode, UpstreamFailure } from "../failures/mod.ts";
import { MemoryJournal } from "../journal/mod.ts";
import { ScriptedProvider } from "../providers/mod.ts";
import { ManualClock } from "../resilience/mod.ts";
import { ANSWER_ID, createWorld, STOP, scripted, TIMEOUTS, text } from "./_world.ts";

const failure = (code: FailureCode, more: Partial<UpstreamFailure> = {}): { fail: UpstreamFailure } => ({
  fail: { code, action: "fallback", ...more },
});

describe("Engine answers", () => {
  test("with the events of one attempt, in order, numbered without a gap", async () => {
    const world = createWorld([scripted("a", [text("Hello "), text("world"), STOP])]);
    await world.start();
    const events = await world.events();
    assert.deepEqual(
      events.map(({ type }) => type),
      ["answer-start", "attempt-start", "text-delta", "text-delta", "attempt-end", "answer-end"],
    );
    assert.deepEqual(
      events.map(({ seq }) => seq),
      [1, 2, 3, 4, 5, 6],
    );
    const { text: whole, end } = await world.ended();
    assert.equal(whole, "Hello world");
    assert.equal(end.outcome, "completed");
    assert.equal(end.length, 11);
    // echo -n "Hello world" | sha256sum
    assert.equal(end.sha256, "64ec88ca00b268e5ba1a35678a1b5316d212f4f366b2477232534a8aeca37f3c");
  });

  test("with the sum of usage and the cost of every attempt, and who wrote what", async () => {
    const report = [
      { type: "usage", usage: { inputTokens: 7, outputTokens: 3 } },
      { type: "cost", cost: { amount: 0.5, currency: "USD", source: "provider" } },
      { type: "model", model: "real-model-1" },
    ] as const;
    const world = createWorld([
      scripted("a", [{ parts: [...report] }, failure("server-error")]),
      scripted("b", [text("Yes"), { parts: [...report] }, STOP]),
    ]);
    await world.start();
    const { end } = await world.ended();
    assert.deepEqual(end.usage, { inputTokens: 14, outputTokens: 6 });
    assert.equal(end.cost?.amount, 1);
    assert.equal(end.modelReported, "real-model-1");
    assert.equal(end.provider, "b");
    assert.deepEqual(
      end.attempts.map(({ provider, outcome, failureCode, from, to }) => [provider, outcome, failureCode, from, to]),
      [
        ["a", "failed", "server-error", 0, 0],
        ["b", "completed", undefined, 0, 3],
      ],
    );
  });

  test("unknown usage stays unknown", async () => {
    const world = createWorld([scripted("a", [text("Hi"), STOP])]);
    await world.start();
    const { end } = await world.ended();
    assert.equal(end.usage, undefined);
    assert.equal(end.cost, undefined);
    assert.equal(end.timing.tokensPerSecond, undefined);
  });

  test("an id that exists is attached to, and nothing is asked", async () => {
    const provider = scripted("a", [text("Hi"), STOP]);
    const world = createWorld([provider]);
    await world.start();
    await world.ended();
    assert.equal((await world.start()).created, false);
    assert.equal(provider.calls.length, 1);
  });

  test("a route that does not exist is refused, and nothing is written", async () => {
    const world = createWorld([]);
    await assert.rejects(world.start({ route: "none" }), RangeError);
    assert.equal(await world.journal.find(ANSWER_ID), undefined);
  });
});

describe("Engine falls back before the first text", () => {
  const codes: FailureCode[] = ["network", "provider-auth", "model-not-found", "malformed", "insufficient-credit"];
  for (const code of codes) {
    test(`on ${code}, with nothing but information for the reader`, async () => {
      const world = createWorld([scripted("a", [failure(code)]), scripted("b", [text("Saved"), STOP])]);
      await world.start();
      const events = await world.events();
      const setback = events.find((event) => event.type === "attempt-end");
      assert.equal(setback?.failure?.code, code);
      assert.deepEqual(setback.next, { action: "fallback", provider: "b", model: "b-model", waitMs: 0 });
      const { text: whole, end } = await world.ended();
      assert.equal(whole, "Saved");
      assert.equal(end.outcome, "completed");
      assert.equal(end.failure, undefined);
    });
  }

  test("an answer of blanks alone is empty: retried once, then another target is asked", async () => {
    const blank = scripted("a", [text(" \n"), STOP], [text("\n"), STOP]);
    const world = createWorld([blank, scripted("b", [text("Saved"), STOP])]);
    const isWaiting = world.clock.whenSet(200);
    await world.start();
    await isWaiting;
    world.clock.advance(200);
    const { text: whole, attempts } = await world.ended();
    assert.equal(whole, "Saved");
    assert.deepEqual(
      attempts.map(({ why }) => why),
      ["first", "retry", "fallback"],
    );
    assert.equal(blank.calls.length, 2);
  });

  test("a provider with a fault of its own costs its attempt, not the answer", async () => {
    const world = createWorld([scripted("empty-script"), scripted("b", [text("Saved"), STOP])]);
    await world.start();
    assert.equal((await world.ended()).text, "Saved");
  });

  test("a verdict is told and not shopped around", async () => {
    const other = scripted("b", [text("never"), STOP]);
    const world = createWorld([scripted("a", [failure("content-filter", { action: "tell" })]), other]);
    await world.start();
    const { end } = await world.ended();
    assert.equal(end.outcome, "failed");
    assert.equal(end.failure?.code, "content-filter");
    assert.equal(other.calls.length, 0);
  });
});

describe("Engine retries", () => {
  test("after a backoff with jitter, as often as the route allows, before it falls back", async () => {
    const failing = failure("server-error", { action: "retry" });
    const world = createWorld([scripted("a", [failing], [failing], [failing]), scripted("b", [text("Saved"), STOP])]);
    const first = world.clock.whenSet(200);
    await world.start();
    await first;
    const second = world.clock.whenSet(400);
    world.clock.advance(200);
    await second;
    world.clock.advance(400);
    assert.deepEqual(
      (await world.ended()).attempts.map(({ provider, why }) => [provider, why]),
      [
        ["a", "first"],
        ["a", "retry"],
        ["a", "retry"],
        ["b", "fallback"],
      ],
    );
  });

  test("as late as Retry-After says, where no other target is ready", async () => {
    const limited = failure("rate-limit", { action: "retry", retryAfterMs: 5_000 });
    const world = createWorld([scripted("a", [limited], [text("Late"), STOP])]);
    const isWaiting = world.clock.whenSet(5_000);
    await world.start();
    await isWaiting;
    world.clock.advance(4_999);
    assert.equal((await world.journal.find(ANSWER_ID))?.isEnded, false);
    world.clock.advance(1);
    assert.equal((await world.ended()).text, "Late");
  });

  test("elsewhere at once, where a target asks for a wait and another is ready", async () => {
    const limited = failure("rate-limit", { action: "retry", retryAfterMs: 5_000 });
    const world = createWorld([scripted("a", [limited]), scripted("b", [text("Now"), STOP])]);
    await world.start();
    assert.equal((await world.ended()).text, "Now");
    assert.equal(world.clock.now(), 0);
  });

  test("a target that asks for a wait, rather than give a trial answer; and gives one where the wait is too long", async () => {
    for (const [retryAfterMs, wanted] of [
      [5_000, "Real"],
      [TIMEOUTS.totalMs + 1, "Trial"],
    ] as const) {
      const limited = failure("rate-limit", { action: "retry", retryAfterMs });
      const trial = new ScriptedProvider({ name: "mock", attempts: [[text("Trial"), STOP]], isTrial: true });
      const world = createWorld([scripted("a", [limited], [text("Real"), STOP]), trial]);
      const isWaiting = world.clock.whenSet(5_000);
      await world.start();
      if (wanted === "Real") {
        await isWaiting;
        world.clock.advance(5_000);
      }
      assert.equal((await world.ended()).text, wanted);
    }
  });

  test("a target that could not be reached, after a backoff, where no other is left", async () => {
    const world = createWorld([scripted("a", [failure("network")], [text("Back"), STOP])]);
    const isWaiting = world.clock.whenSet(200);
    await world.start();
    await isWaiting;
    world.clock.advance(200);
    assert.equal((await world.ended()).text, "Back");
  });

  test("never beyond the answer's deadline", async () => {
    const limited = failure("rate-limit", { action: "retry", retryAfterMs: TIMEOUTS.totalMs + 1 });
    const world = createWorld([scripted("a", [limited])]);
    await world.start();
    const { end } = await world.ended();
    assert.equal(end.failure?.code, "rate-limit");
    assert.equal(end.failure.retryAfterMs, TIMEOUTS.totalMs + 1);
  });
});

describe("Engine writes the circuit breakers' moves into the answer's events", () => {
  test("a refused key opens its provider's breaker, and a good answer closes it again", async () => {
    const clock = new ManualClock();
    const journal = new MemoryJournal({ clock });
    const refused = failure("provider-auth", { status: 401 });
    const keyed = scripted("a", [refused], [text("Back"), STOP]);
    const world = createWorld([keyed, scripted("b", [{ fail: { code: "cut", action: "retry" } }], [text("b"), STOP])], {
      maxRetries: 0,
      engine: { clock, journal, random: () => 0 },
    });
    await world.start();
    const ends = (await world.events()).filter((event) => event.type === "attempt-end");
    assert.deepEqual(
      ends[0]?.breakers?.map(({ scope, state }) => [scope, state]),
      [["provider", "open"]],
    );
    assert.ok((ends[0]?.breakers?.[0]?.retryAt ?? 0) > clock.wallTime());
    assert.equal(ends[1]?.breakers, undefined);
  });
});

describe("Engine notices silence", () => {
  test("before the first token, and never asks the silent target again in this answer", async () => {
    const silent = scripted("a", [{ hang: true }]);
    const world = createWorld([silent, scripted("b", [text("Saved"), STOP])]);
    const isAsked = world.clock.whenSet(TIMEOUTS.firstTokenMs);
    await world.start();
    await isAsked;
    world.clock.advance(TIMEOUTS.firstTokenMs);
    const { text: whole, attempts } = await world.ended();
    assert.equal(whole, "Saved");
    assert.equal(attempts[0]?.failureCode, "first-token-timeout");
    assert.equal(silent.calls.length, 1);
    assert.equal(silent.calls[0]?.isAborted, true);
  });

  test("reasoning is progress, and dropped with its attempt", async () => {
    const thinking = scripted("a", [{ parts: [{ type: "reasoning", text: "Hm" }] }, failure("server-error")]);
    const world = createWorld([thinking, scripted("b", [text("Saved"), STOP])]);
    await world.start();
    const state = await world.ended();
    assert.equal(state.reasoning, "");
    assert.equal(state.text, "Saved");
  });

  test("the answer's whole time: partial text is kept and the reason told", async () => {
    const world = createWorld([scripted("a", [text("Begun"), { hang: true }])], {
      timeouts: { ...TIMEOUTS, idleMs: 500_000 },
    });
    const isBegun = world.clock.whenSet(TIMEOUTS.firstTokenMs);
    await world.start();
    await isBegun;
    for await (const batch of world.journal.follow(ANSWER_ID, { after: 2 })) if (batch.length > 0) break;
    world.clock.advance(TIMEOUTS.totalMs);
    const { text: whole, end } = await world.ended();
    assert.equal(whole, "Begun");
    assert.equal(end.outcome, "failed");
    assert.equal(end.failure?.code, "deadline");
  });
});

describe("Engine tells the truth of the end", () => {
  test("a finish reason without an end mark is success, whatever follows", async () => {
    const world = createWorld([scripted("a", [text("Done"), STOP, failure("network")])]);
    await world.start();
    assert.equal((await world.ended()).end.outcome, "completed");
  });

  test("silence after the finish is success, soon", async () => {
    const world = createWorld([scripted("a", [text("Done"), STOP, { hang: true }])]);
    const isFinished = world.clock.whenSet(2_000);
    await world.start();
    await isFinished;
    world.clock.advance(2_000);
    assert.equal((await world.ended()).end.outcome, "completed");
  });

  test("a ceiling of tokens that was used up by reasoning alone is an end, and no failure", async () => {
    const world = createWorld([
      scripted("a", [
        { parts: [{ type: "reasoning", text: "Hm" }] },
        { parts: [{ type: "finish", reason: { unified: "length", raw: "length" } }] },
      ]),
    ]);
    await world.start();
    const { end, reasoning } = await world.ended();
    assert.equal(end.outcome, "completed");
    assert.equal(end.finishReason?.unified, "length");
    assert.equal(reasoning, "Hm");
  });

  test("a clean end without a finish is a cut", async () => {
    const world = createWorld([scripted("a", [{ cut: true }]), scripted("b", [text("Saved"), STOP])], {
      maxRetries: 0,
    });
    await world.start();
    assert.equal((await world.ended()).attempts[0]?.failureCode, "cut");
  });

  test("when all targets fail there is one failure, with each one's cause", async () => {
    const world = createWorld([
      scripted("a", [failure("model-not-found")]),
      scripted("b", [failure("provider-auth", { status: 401 })]),
    ]);
    await world.start();
    const { end } = await world.ended();
    assert.equal(end.failure?.code, "all-targets-failed");
    assert.deepEqual(end.failure.causes, [
      { provider: "a", model: "a-model", code: "model-not-found" },
      { provider: "b", model: "b-model", code: "provider-auth", status: 401 },
    ]);
    assert.ok(end.failure.message.ar.length > 0 && end.failure.remedy.ar.length > 0);
  });

  test("targets that failed alike are told as that failure", async () => {
    const world = createWorld([scripted("a", [failure("malformed")]), scripted("b", [failure("malformed")])]);
    await world.start();
    assert.equal((await world.ended()).end.failure?.code, "malformed");
  });
});

describe("Engine carries text unharmed", () => {
  const samples = [
    "  leading and trailing  \n\n",
    "```ts\n\tconst a = 1;\n```\r\n",
    "بِسْمِ ٱللَّهِ — تَشْكِيلٌ",
    "👩‍👩‍👧‍👦 🇸🇦 ❤️‍🔥",
  ];
  for (const sample of samples) {
    test(`${JSON.stringify(sample)}, cut at every code unit`, async () => {
      const units = Array.from({ length: sample.length }, (_, at) => text(sample.slice(at, at + 1)));
      const world = createWorld([scripted("a", [...units, STOP])]);
      await world.start();
      const events = await world.events();
      const deltas = events.flatMap((event) => (event.type === "text-delta" ? [event] : []));
      assert.equal(deltas.map((delta) => delta.text).join(""), sample);
      for (const delta of deltas) assert.ok(delta.text.isWellFormed(), "a delta splits a surrogate pair");
    });
  }
});

describe("Engine.cancel()", () => {
  test("stops the upstream and keeps what was said", async () => {
    const provider = scripted("a", [text("Begun"), { hang: true }]);
    const world = createWorld([provider]);
    await world.start();
    for await (const batch of world.journal.follow(ANSWER_ID, { after: 2 })) if (batch.length > 0) break;
    assert.equal(world.engine.cancel(ANSWER_ID), true);
    const { text: whole, end } = await world.ended();
    assert.equal(whole, "Begun");
    assert.equal(end.outcome, "cancelled");
    assert.equal(provider.calls[0]?.isAborted, true);
    assert.equal(world.engine.cancel("answer-unknown"), false);
  });
});

describe("Engine leaves nothing behind", () => {
  test("no timer and no running answer after the end", async () => {
    const ended = Promise.withResolvers<void>();
    const world = createWorld([scripted("a", [text("Hi"), STOP])], { engine: { onEnd: () => ended.resolve() } });
    await world.start();
    await ended.promise;
    await world.engine.close(0);
    assert.equal(world.engine.running, 0);
    assert.equal(world.clock.pending, 0);
  });
});

describe("Engine.recover()", () => {
  test("takes up an answer whose holder died before its first text, and finishes it", async () => {
    const clock = new ManualClock();
    const journal = new MemoryJournal({ clock });
    const dead = createWorld([scripted("a", [{ hang: true }])], { engine: { journal, clock, holder: "dead" } });
    const isAsked = clock.whenSet(TIMEOUTS.firstTokenMs);
    await dead.start();
    await isAsked;
    const closed = dead.engine.close(0);
    clock.advance(0);
    await closed;
    const world = createWorld([scripted("b", [text("Saved"), STOP])], { engine: { journal, clock } });
    assert.equal(await world.engine.recover(), 1);
    const { text: whole, end, attempts } = await world.ended();
    assert.equal(whole, "Saved");
    assert.equal(end.outcome, "completed");
    assert.deepEqual(
      attempts.map(({ why, failureCode }) => [why, failureCode]),
      [
        ["first", "interrupted"],
        ["recovery", undefined],
      ],
    );
  });
});
