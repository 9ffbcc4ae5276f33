import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "../resilience/mod.ts";
import { ANSWER_ID, createWorld, STOP, scripted, TIMEOUTS, text } from "./_world.ts";
import { createResilience } from "./resilience.ts";

const HEDGE_MS = 3_000;

describe("Engine hedges", () => {
  test("when the first target shows nothing in time; the first to commit wins, the other is cancelled", async () => {
    const slow = scripted("a", [{ hang: true }]);
    const quick = scripted("b", [text("Quick"), STOP]);
    const world = createWorld([slow, quick], { hedgeAfterMs: HEDGE_MS });
    const isArmed = world.clock.whenSet(HEDGE_MS);
    await world.start();
    await isArmed;
    world.clock.advance(HEDGE_MS);
    const { text: whole, attempts, end } = await world.ended();
    assert.equal(whole, "Quick");
    assert.equal(end.outcome, "completed");
    assert.equal(end.provider, "b");
    assert.deepEqual(
      attempts.map(({ why, outcome }) => [why, outcome]),
      [
        ["first", "cancelled"],
        ["hedge", "completed"],
      ],
    );
    assert.equal(slow.calls[0]?.isAborted, true);
  });

  test("and keeps the first target's answer where that commits first after all", async () => {
    const gate = Promise.withResolvers<void>();
    const first = scripted("a", [{ gate: gate.promise }, text("Late but first"), STOP]);
    const hedge = scripted("b", [{ hang: true }]);
    const world = createWorld([first, hedge], { hedgeAfterMs: HEDGE_MS });
    const isArmed = world.clock.whenSet(HEDGE_MS);
    await world.start();
    await isArmed;
    const isHedged = world.clock.whenSet(TIMEOUTS.firstTokenMs);
    world.clock.advance(HEDGE_MS);
    await isHedged;
    gate.resolve();
    const { text: whole, attempts } = await world.ended();
    assert.equal(whole, "Late but first");
    assert.deepEqual(
      attempts.map(({ outcome }) => outcome),
      ["completed", "cancelled"],
    );
  });

  test("and goes on to a third target where both fail", async () => {
    const gate = Promise.withResolvers<void>();
    const fail = { fail: { code: "server-error", action: "fallback" } } as const;
    const world = createWorld(
      [scripted("a", [{ gate: gate.promise }, fail]), scripted("b", [fail]), scripted("c", [text("Saved"), STOP])],
      { hedgeAfterMs: HEDGE_MS },
    );
    const isArmed = world.clock.whenSet(HEDGE_MS);
    await world.start();
    await isArmed;
    world.clock.advance(HEDGE_MS);
    gate.resolve();
    const { text: whole, attempts } = await world.ended();
    assert.equal(whole, "Saved");
    assert.equal(attempts.length, 3);
  });

  test("not where the model already reasons, nor by default", async () => {
    const gate = Promise.withResolvers<void>();
    const thinking = scripted("a", [
      { parts: [{ type: "reasoning", text: "Hm" }] },
      { gate: gate.promise },
      text("Thought"),
      STOP,
    ]);
    const other = scripted("b", [text("never"), STOP]);
    const world = createWorld([thinking, other], { hedgeAfterMs: HEDGE_MS });
    const isArmed = world.clock.whenSet(HEDGE_MS);
    await world.start();
    await isArmed;
    for await (const batch of world.journal.follow(ANSWER_ID, { after: 2 })) if (batch.length > 0) break;
    world.clock.advance(HEDGE_MS);
    gate.resolve();
    assert.equal((await world.ended()).text, "Thought");
    assert.equal(other.calls.length, 0);
  });
});

describe("Engine hedges no more", () => {
  test("once hedges have cost what they may: the loser's cost is guessed by the winner's", async () => {
    const paid = { parts: [{ type: "cost", cost: { amount: 0.02, currency: "USD", source: "provider" } } as const] };
    const slow = () => scripted("a", [{ hang: true }]);
    const quick = scripted("b", [text("Quick"), paid, STOP]);
    const resilience = createResilience(new ManualClock(), () => 0.5);
    resilience.hedges.limit({ maxShare: 1, maxUsdPerHour: 0.01 });
    const world = createWorld([slow(), quick], { hedgeAfterMs: HEDGE_MS, engine: { resilience } });
    const isArmed = world.clock.whenSet(HEDGE_MS);
    await world.start();
    await isArmed;
    world.clock.advance(HEDGE_MS);
    assert.equal((await world.ended()).text, "Quick");
    assert.equal(resilience.hedges.tryHedge(), false);
  });
});

describe("Engine heeds circuit breakers", () => {
  test("a target whose breaker is open comes last, and is still asked where nothing else is left", async () => {
    const world = createWorld([scripted("a", [text("A"), STOP]), scripted("b", [text("B"), STOP])]);
    const resilience = createResilience(world.clock, () => 0.5);
    const open = () => {
      for (let call = 0; call < 5; call++) {
        resilience.breakers
          .begin({ provider: "a", model: "a-model" })
          .failed({ code: "server-error", action: "retry" });
      }
    };
    open();
    const first = createWorld([scripted("a", [text("A"), STOP]), scripted("b", [text("B"), STOP])], {
      engine: { resilience },
    });
    await first.start();
    assert.equal((await first.ended()).text, "B");
    const alone = createWorld([scripted("a", [text("A"), STOP])], { engine: { resilience } });
    await alone.start();
    assert.equal((await alone.ended()).text, "A");
  });

  test("a refused key opens it for every target of the provider, an answer closes it again", async () => {
    const refused = { fail: { code: "provider-auth", action: "fallback", status: 401 } } as const;
    const world = createWorld([scripted("a", [refused]), scripted("b", [text("B"), STOP])]);
    const resilience = createResilience(world.clock, () => 0.5);
    const shared = createWorld([scripted("a", [refused]), scripted("b", [text("B"), STOP])], {
      engine: { resilience },
    });
    await shared.start();
    await shared.ended();
    assert.equal(resilience.breakers.isAvailable({ provider: "a", model: "another" }), false);
    assert.equal(resilience.breakers.isAvailable({ provider: "b", model: "b-model" }), true);
    const [status] = resilience.breakers.states();
    assert.equal(status?.lastFailure?.code, "provider-auth");
  });
});
