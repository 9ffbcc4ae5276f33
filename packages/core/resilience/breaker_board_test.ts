import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { TargetName } from "../events/mod.ts";
import type { FailureCode, UpstreamFailure } from "../failures/mod.ts";
import { FAILURE_CODES } from "../failures/mod.ts";
import { BreakerBoard, type BreakerChange, ManualClock } from "./mod.ts";

const SMALL: TargetName = { provider: "primary", model: "small" };
const LARGE: TargetName = { provider: "primary", model: "large" };
const OTHER: TargetName = { provider: "secondary", model: "small" };
const EPOCH = 1_700_000_000_000;

function failure(code: FailureCode, more: Partial<UpstreamFailure> = {}): UpstreamFailure {
  return { code, action: "fallback", ...more };
}

function world() {
  const clock = new ManualClock(EPOCH);
  const board = new BreakerBoard({ clock, random: () => 0 });
  const changes: BreakerChange[] = [];
  const stop = board.onChange((change) => changes.push(change));
  const fail = (
    target: TargetName,
    code: FailureCode,
    { times = 1, ...more }: Partial<UpstreamFailure & { times: number }> = {},
  ) => {
    for (let i = 0; i < times; i++) board.begin(target).failed(failure(code, more));
  };
  const told = () => changes.map(({ provider, model, from, state }) => `${provider}/${model ?? "*"} ${from} ${state}`);
  return { clock, board, changes, stop, fail, told };
}

describe("BreakerBoard", () => {
  test("opens the one target that fails", () => {
    const { board, fail } = world();
    fail(SMALL, "server-error", { times: 5 });
    assert.equal(board.isAvailable(SMALL), false);
    assert.equal(board.isAvailable(LARGE), true);
    assert.equal(board.isAvailable(OTHER), true);
  });

  test("opens at once for as long as a rate limit asks", () => {
    const { clock, board, fail } = world();
    fail(SMALL, "rate-limit", { retryAfterMs: 6_532, status: 429 });
    assert.equal(board.isAvailable(LARGE), true);
    clock.advance(6_531);
    assert.equal(board.isAvailable(SMALL), false);
    clock.advance(1);
    assert.equal(board.isAvailable(SMALL), true);
  });

  test("closes all targets of a refused key to callers until a probe of any of them succeeds", () => {
    const { clock, board, fail, told } = world();
    fail(SMALL, "provider-auth", { status: 401 });
    assert.equal(board.isAvailable(SMALL), false);
    assert.equal(board.isAvailable(LARGE), false);
    assert.equal(board.isAvailable(OTHER), true);
    clock.advance(2_000);
    assert.equal(board.isAvailable(LARGE), true);
    const probe = board.begin(LARGE);
    assert.equal(board.isAvailable(SMALL), false, "one probe for the key, not one for each target");
    probe.failed(failure("insufficient-credit"));
    clock.advance(3_999);
    assert.equal(board.isAvailable(SMALL), false);
    clock.advance(1);
    board.begin(SMALL).answering();
    assert.equal(board.isAvailable(LARGE), true, "the first content proves the key");
    assert.deepEqual(told(), [
      "primary/* closed open",
      "primary/* open half-open",
      "primary/* half-open open",
      "primary/* open half-open",
      "primary/* half-open closed",
    ]);
  });

  test("does not hold a refused key against the target", () => {
    const { clock, board, fail } = world();
    for (let i = 0; i < 6; i++) fail(SMALL, "provider-auth");
    clock.advance(2_000);
    board.begin(SMALL).succeeded();
    assert.deepEqual(
      board.states().map(({ model, state }) => ({ model, state })),
      [{ model: undefined, state: "closed" }],
    );
    assert.equal(board.isAvailable(SMALL), true);
  });

  test("lets one target's trouble say nothing about the key", () => {
    const { clock, board, fail } = world();
    fail(SMALL, "provider-forbidden");
    clock.advance(2_000);
    board.begin(SMALL).failed(failure("server-error"));
    assert.equal(board.isAvailable(LARGE), true, "the probe of the key is free again");
    assert.equal(board.states().find(({ model }) => model === undefined)?.state, "half-open");
  });

  test("is not moved by verdicts that say nothing about a target", () => {
    const { board, fail, changes } = world();
    fail(SMALL, "server-error", { times: 4 });
    const codes: FailureCode[] = ["content-filter", "invalid-request", "context-too-long", "request-too-large"];
    for (const code of [...codes, "cancelled", "deadline"] as const) fail(SMALL, code, { times: 10 });
    for (let i = 0; i < 10; i++) board.begin(SMALL).abandoned();
    assert.equal(board.isAvailable(SMALL), true);
    assert.equal(changes.length, 0);
    assert.equal(board.states()[0]?.lastFailure?.code, "server-error");
    fail(SMALL, "server-error");
    assert.equal(board.isAvailable(SMALL), false, "nor did they break the row");
  });

  test("gives a probe's place back when the verdict says nothing", () => {
    const { clock, board, fail } = world();
    fail(SMALL, "stall", { times: 5 });
    clock.advance(2_000);
    const probe = board.begin(SMALL);
    assert.equal(board.isAvailable(SMALL), false);
    probe.failed(failure("content-filter"));
    assert.equal(board.isAvailable(SMALL), true);
  });

  test("lets the next call try a target as soon as its probe has begun to answer", () => {
    const { clock, board, fail } = world();
    fail(SMALL, "stall", { times: 5 });
    clock.advance(2_000);
    const probe = board.begin(SMALL);
    probe.answering();
    assert.equal(board.isAvailable(SMALL), true);
    probe.failed(failure("stall"));
    assert.equal(board.isAvailable(SMALL), false, "the verdict still counts");
  });

  test("hears each ticket once", () => {
    const { clock, board, fail, changes } = world();
    fail(SMALL, "network", { times: 4 });
    const ticket = board.begin(SMALL);
    ticket.abandoned();
    ticket.failed(failure("provider-auth"));
    ticket.failed(failure("network"));
    clock.advance(1);
    ticket.answering();
    ticket.succeeded();
    assert.deepEqual(
      board.states().map(({ lastFailure }) => lastFailure?.code),
      ["network"],
    );
    fail(SMALL, "network");
    assert.deepEqual(
      changes.map(({ state }) => state),
      ["open"],
    );
  });

  test("lists what is not closed and what failed lately, in epoch milliseconds", () => {
    const { clock, board, fail } = world();
    board.begin(OTHER).succeeded();
    assert.deepEqual(board.states(), []);
    clock.advance(1_000);
    fail(SMALL, "overloaded", { times: 5, status: 529 });
    fail(OTHER, "cut");
    const lastFailure = { code: "overloaded", at: EPOCH + 1_000, status: 529 };
    assert.deepEqual(board.states(), [
      { ...OTHER, state: "closed", since: EPOCH, lastFailure: { code: "cut", at: EPOCH + 1_000 } },
      { ...SMALL, state: "open", since: EPOCH + 1_000, lastFailure, retryAt: EPOCH + 3_000 },
    ]);
    clock.advance(300_000);
    assert.deepEqual(board.states(), [{ ...SMALL, state: "half-open", since: EPOCH + 3_000, lastFailure }]);
  });

  test("tells listeners what changed until they leave, and survives one that throws", () => {
    const { clock, board, changes, stop, fail } = world();
    board.onChange(() => {
      throw new Error("The listener's own fault");
    });
    const later: BreakerChange[] = [];
    board.onChange((change) => later.push(change));
    fail(SMALL, "stall", { times: 5 });
    const lastFailure = { code: "stall", at: EPOCH };
    const opened = { ...SMALL, from: "closed", state: "open", since: EPOCH, lastFailure, retryAt: EPOCH + 2_000 };
    assert.deepEqual(changes, [opened]);
    assert.deepEqual(later, [opened]);
    stop();
    clock.advance(2_000);
    board.begin(SMALL).succeeded();
    assert.equal(changes.length, 1);
    assert.deepEqual(
      later.map(({ state }) => state),
      ["open", "half-open", "closed"],
    );
  });

  test("closes at a reset what belongs to the provider, and hears no more of its calls", () => {
    const { board, fail, told } = world();
    const withOldKey = board.begin(LARGE);
    fail(SMALL, "provider-auth");
    fail(OTHER, "provider-auth");
    board.reset("primary");
    assert.equal(board.isAvailable(SMALL), true);
    assert.equal(board.isAvailable(OTHER), false);
    withOldKey.failed(failure("provider-auth"));
    assert.equal(board.isAvailable(SMALL), true, "the old key's refusal says nothing about the new one");
    board.reset();
    assert.equal(board.isAvailable(OTHER), true);
    assert.deepEqual(board.states(), []);
    assert.equal(board.size, 0);
    assert.deepEqual(told(), [
      "primary/* closed open",
      "secondary/* closed open",
      "primary/* open closed",
      "secondary/* open closed",
    ]);
  });

  test("drops what nobody uses any more, but shows a refused key until it works", () => {
    const { clock, board, fail } = world();
    board.begin(SMALL).succeeded();
    fail(LARGE, "model-not-found", { times: 5 });
    fail(OTHER, "insufficient-credit");
    assert.equal(board.size, 5);
    clock.advance(16 * 60_000);
    board.begin({ provider: "third", model: "new" });
    assert.deepEqual(
      board.states().map(({ provider, model, state }) => ({ provider, model, state })),
      [{ provider: "secondary", model: undefined, state: "half-open" }],
    );
    assert.equal(board.size, 3);
  });

  test("keeps what was used lately, by the beginning of a call or by its end", () => {
    const { clock, board } = world();
    const long = board.begin(SMALL);
    board.begin(OTHER);
    clock.advance(14 * 60_000);
    long.abandoned();
    board.begin(OTHER);
    clock.advance(2 * 60_000);
    board.begin({ provider: "third", model: "new" });
    assert.equal(board.size, 6);
  });

  test("does not grow with the models that callers invent", () => {
    const { board, fail } = world();
    for (let i = 0; i < 3_000; i++)
      fail({ provider: "primary", model: `invented-${i}` }, "model-not-found", { times: 5 });
    assert.ok(board.size <= 1_000, `size is ${board.size}`);
    assert.equal(board.isAvailable({ provider: "primary", model: "invented-2999" }), false);
  });

  test("tells, whatever happens, a chain of changes that ends in what it shows", () => {
    const step = fc.record({
      target: fc.constantFrom(SMALL, LARGE, OTHER),
      what: fc.constantFrom("begin", "begin", "answering", "succeeded", "failed", "failed", "abandoned", "reset"),
      code: fc.constantFrom(...FAILURE_CODES, ...(["server-error", "provider-auth", "rate-limit"] as const)),
      pick: fc.nat(10),
      ms: fc.nat(5_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const { clock, board, changes } = world();
        const tickets: ReturnType<BreakerBoard["begin"]>[] = [];
        for (const { target, what, code, pick, ms } of steps) {
          clock.advance(ms);
          const ticket = tickets[pick % Math.max(1, tickets.length)];
          if (what === "begin") tickets.push(board.begin(target));
          else if (what === "reset") board.reset(target.provider);
          else if (what === "failed") ticket?.failed(failure(code, { retryAfterMs: ms }));
          else ticket?.[what as "succeeded"]();
        }
        const shown = new Map<string, string>();
        const nameOf = ({ provider, model }: { provider: string; model?: string }) => `${provider}/${model ?? "*"}`;
        for (const change of changes) {
          assert.equal(change.from, shown.get(nameOf(change)) ?? "closed");
          assert.notEqual(change.from, change.state);
          shown.set(nameOf(change), change.state);
        }
        // What time has turned half-open by now is told with the next call.
        const told = [...shown].filter(([, state]) => state !== "closed").map(([name]) => name);
        const open = board.states().filter(({ state }) => state !== "closed");
        assert.deepEqual(open.map(nameOf).sort(), told.sort());
        assert.equal(clock.pending, 0);
      }),
      { numRuns: 300 },
    );
  });
});
