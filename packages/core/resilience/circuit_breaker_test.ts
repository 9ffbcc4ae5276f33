import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { CircuitBreaker, DEFAULT_BREAKER, ManualClock } from "./mod.ts";

function world(random = () => 0) {
  const clock = new ManualClock();
  const breaker = new CircuitBreaker({ clock, random });
  const fail = (times = 1) => {
    for (let i = 0; i < times; i++) breaker.begin().failed();
  };
  const succeed = (times = 1) => {
    for (let i = 0; i < times; i++) breaker.begin().succeeded();
  };
  return { clock, breaker, fail, succeed };
}

describe("CircuitBreaker opens", () => {
  test("after five failures in a row, not after four", () => {
    const { breaker, fail } = world();
    fail(4);
    assert.equal(breaker.state, "closed");
    fail();
    assert.equal(breaker.state, "open");
    assert.equal(breaker.isAvailable, false);

    const other = world();
    other.succeed(10);
    other.fail(4);
    other.succeed();
    other.fail(4);
    assert.equal(
      other.breaker.state,
      "closed",
      "a success between starts the row anew, and 8 of 19 are below one half",
    );
  });

  test("at a failure rate of one half over eight calls within the window", () => {
    const { breaker, fail, succeed } = world();
    for (let i = 0; i < 3; i++) {
      succeed();
      fail();
    }
    succeed();
    assert.equal(breaker.state, "closed", "seven calls say nothing yet");
    fail();
    assert.equal(breaker.state, "open");
  });

  test("not by what lies before the window", () => {
    const { clock, breaker, fail, succeed } = world();
    for (let i = 0; i < 3; i++) {
      fail();
      succeed();
    }
    clock.advance(DEFAULT_BREAKER.windowMs);
    succeed();
    fail();
    assert.equal(breaker.state, "closed");
  });

  test("not by calls that were abandoned", () => {
    const { breaker, fail } = world();
    fail(4);
    for (let i = 0; i < 20; i++) breaker.begin().abandoned();
    assert.equal(breaker.state, "closed");
    fail();
    assert.equal(breaker.state, "open", "nor does an abandoned call break the row");
  });
});

describe("CircuitBreaker stays open", () => {
  test("two seconds at first, twice as long with each failed probe, and at most fifteen", () => {
    const { clock, breaker, fail } = world();
    fail(5);
    for (const seconds of [2, 4, 8, 15, 15]) {
      assert.equal(breaker.retryAt, clock.now() + seconds * 1000);
      clock.advance(seconds * 1000 - 1);
      assert.equal(breaker.state, "open");
      clock.advance(1);
      assert.equal(breaker.state, "half-open");
      assert.equal(breaker.since, clock.now());
      fail();
      assert.equal(breaker.state, "open");
    }
  });

  test("up to a quarter less by jitter, never longer", () => {
    const { breaker, fail } = world(() => 0.999_999);
    fail(5);
    assert.equal(Math.round(breaker.retryAt ?? 0), 1500);
  });

  test("for the time that an upstream asks for, clamped", () => {
    const { clock, breaker } = world();
    breaker.tripFor(7_000);
    assert.equal(breaker.retryAt, 7_000);
    breaker.tripFor(3_000);
    assert.equal(breaker.retryAt, 7_000, "an opening is never shortened");
    breaker.tripFor(86_400_000);
    assert.equal(breaker.retryAt, 60_000);
    breaker.tripFor(86_400_000, 900_000);
    assert.equal(breaker.retryAt, 900_000);
    clock.advance(900_000);
    assert.equal(breaker.state, "half-open");
    assert.throws(() => breaker.tripFor(Number.NaN), RangeError);
    assert.throws(() => breaker.tripFor(-1), RangeError);
  });

  test("and hears a longer wait from a call that began before", () => {
    const { breaker, fail } = world();
    const late = breaker.begin();
    fail(5);
    late.failed({ openForMs: 30_000 });
    assert.equal(breaker.retryAt, 30_000);
  });
});

describe("CircuitBreaker half-open", () => {
  test("lets one probe through, and the next when it has begun to answer, was abandoned, or never reports", () => {
    const { clock, breaker, fail } = world();
    fail(5);
    clock.advance(2_000);
    assert.equal(breaker.isAvailable, true);
    assert.equal(breaker.isAvailable, true, "asking takes no probe");
    const first = breaker.begin();
    assert.equal(breaker.isAvailable, false);
    first.abandoned();
    assert.equal(breaker.isAvailable, true);
    const second = breaker.begin();
    assert.equal(breaker.isAvailable, false);
    second.answering();
    assert.equal(breaker.isAvailable, true);
    breaker.begin();
    clock.advance(DEFAULT_BREAKER.probeMs - 1);
    assert.equal(breaker.isAvailable, false);
    clock.advance(1);
    assert.equal(breaker.isAvailable, true);
    assert.equal(breaker.state, "half-open");
  });

  test("closes on success and forgets", () => {
    const { clock, breaker, fail } = world();
    fail(5);
    clock.advance(2_000);
    fail();
    clock.advance(4_000);
    breaker.begin().succeeded();
    assert.equal(breaker.state, "closed");
    assert.equal(breaker.since, clock.now());
    fail(4);
    assert.equal(breaker.state, "closed", "old failures no longer count");
    fail();
    assert.equal(breaker.retryAt, clock.now() + 2_000, "nor do the failed probes");
  });

  test("opens again when a probe fails after it had begun to answer", () => {
    const { clock, breaker, fail } = world();
    fail(5);
    clock.advance(2_000);
    const probe = breaker.begin();
    probe.answering();
    probe.failed();
    assert.equal(breaker.retryAt, clock.now() + 4_000);
  });

  test("is not moved by calls from before the opening, nor by one beside the probe that fails", () => {
    const { clock, breaker, fail } = world();
    const [early, earlier] = [breaker.begin(), breaker.begin()];
    fail(5);
    const beside = breaker.begin();
    clock.advance(2_000);
    early.succeeded();
    assert.equal(breaker.state, "half-open");
    earlier.failed();
    beside.failed();
    assert.equal(breaker.state, "half-open");
  });

  test("hears a forgotten probe once it reports, and then waits for no other", () => {
    const { clock, breaker, fail } = world();
    fail(5);
    clock.advance(2_000);
    const forgotten = breaker.begin();
    clock.advance(DEFAULT_BREAKER.probeMs);
    const next = breaker.begin();
    breaker.begin().abandoned();
    assert.equal(breaker.isAvailable, false, "a call beside the probe does not give the probe's place away");
    forgotten.failed();
    assert.equal(breaker.retryAt, clock.now() + 4_000);
    clock.advance(4_000);
    assert.equal(breaker.isAvailable, true, "a probe of an earlier opening keeps nobody waiting");
    next.failed();
    assert.equal(breaker.state, "half-open", "nor does it open the breaker again");
  });
});

test("CircuitBreaker closes on the success of a call that was made although it was open", () => {
  const { breaker, fail } = world();
  fail(5);
  breaker.begin().succeeded();
  assert.equal(breaker.state, "closed");
});

test("CircuitBreaker hears each call once", () => {
  const { breaker } = world();
  const call = breaker.begin();
  for (let i = 0; i < 10; i++) call.failed();
  assert.equal(breaker.state, "closed");
});

test("CircuitBreaker forgets at a reset, also what runs", () => {
  const { breaker, fail } = world();
  const calls = Array.from({ length: 5 }, () => breaker.begin());
  fail(5);
  breaker.reset();
  assert.equal(breaker.state, "closed");
  for (const call of calls) call.failed({ opensAtOnce: true, openForMs: 5_000 });
  assert.equal(breaker.state, "closed");
});

test("CircuitBreaker refuses a policy that could never hold", () => {
  const make = (change: object) => () =>
    new CircuitBreaker({ clock: new ManualClock(), random: () => 0, policy: { ...DEFAULT_BREAKER, ...change } });
  assert.throws(make({ failureRate: 0 }), RangeError);
  assert.throws(make({ minCalls: 0 }), RangeError);
  assert.throws(make({ openMs: Number.NaN }), RangeError);
});

type Action = "begin" | "answering" | "succeeded" | "failed" | "wait-asked" | "abandoned" | "time";

test("CircuitBreaker, whatever happens, has one probe at a time and is back within thirty seconds of a recovery", () => {
  const action = fc.record({
    what: fc.constantFrom<Action>(
      "begin",
      "begin",
      "answering",
      "succeeded",
      "failed",
      "wait-asked",
      "abandoned",
      "time",
    ),
    pick: fc.nat(20),
    ms: fc.nat(20_000),
    random: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 120 }), (actions) => {
      let random = 0;
      const { clock, breaker } = world(() => random);
      const calls: ReturnType<CircuitBreaker["begin"]>[] = [];
      for (const { what, pick, ms, random: next } of actions) {
        random = next;
        const call = calls[pick % Math.max(1, calls.length)];
        if (what === "begin") {
          const wasHalfOpen = breaker.state === "half-open";
          calls.push(breaker.begin());
          if (wasHalfOpen) assert.equal(breaker.isAvailable, false, "the place of the probe is taken");
        } else if (what === "time") clock.advance(ms);
        else if (what === "wait-asked") call?.failed({ openForMs: Math.min(ms, 15_000) });
        else call?.[what]();
        assert.ok((breaker.retryAt ?? 0) <= clock.now() + 15_000);
        assert.ok(breaker.since <= clock.now());
      }
      // From here on the target is well: the calls that still run never report.
      const recoveredAt = clock.now();
      while (breaker.state !== "closed") {
        if (breaker.isAvailable) breaker.begin().succeeded();
        else clock.advance(100);
        assert.ok(clock.now() - recoveredAt <= 30_000);
      }
    }),
    { numRuns: 500 },
  );
});
