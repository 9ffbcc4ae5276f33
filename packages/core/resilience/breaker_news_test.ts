import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TargetName } from "../events/mod.ts";
import type { FailureCode, UpstreamFailure } from "../failures/mod.ts";
import { BreakerBoard, type BreakerNews, ManualClock } from "./mod.ts";

const SMALL: TargetName = { provider: "primary", model: "small" };
const LARGE: TargetName = { provider: "primary", model: "large" };

function failure(code: FailureCode, more: Partial<UpstreamFailure> = {}): UpstreamFailure {
  return { code, action: "fallback", ...more };
}

/** Boards of two processes that hear each other, with what was said. */
function pair(random = () => 0) {
  const clock = new ManualClock(1_700_000_000_000);
  const boards = [new BreakerBoard({ clock, random }), new BreakerBoard({ clock, random })] as const;
  const said: BreakerNews[] = [];
  for (const [index, board] of boards.entries()) {
    board.spreadTo((news) => {
      said.push(JSON.parse(JSON.stringify(news)));
      boards[1 - index]?.hear(news);
    });
  }
  return { clock, boards, said };
}

describe("BreakerBoard of one process among many", () => {
  test("opens a target that another one found in trouble, and shows why", () => {
    const { boards, said } = pair();
    const [a, b] = boards;
    a.begin(SMALL).failed(failure("rate-limit", { retryAfterMs: 6_000, status: 429 }));
    assert.equal(b.isAvailable(SMALL), false);
    assert.equal(b.isAvailable(LARGE), true);
    assert.deepEqual(said, [{ ...SMALL, state: "open", openMs: 6_000, failure: { code: "rate-limit", status: 429 } }]);
    assert.equal(b.states()[0]?.lastFailure?.code, "rate-limit");
  });

  test("lets the one that found it probe first, and closes with it", () => {
    const { clock, boards, said } = pair();
    const [a, b] = boards;
    a.begin(SMALL).failed(failure("rate-limit", { retryAfterMs: 6_000, status: 429 }));
    clock.advance(6_000);
    assert.deepEqual([a.isAvailable(SMALL), b.isAvailable(SMALL)], [true, false]);
    a.begin(SMALL).succeeded();
    assert.equal(b.isAvailable(SMALL), true);
    assert.deepEqual(
      b.states().map(({ state }) => state),
      ["closed"],
    );
    assert.equal(said.length, 2, "what was heard is not said again");
  });

  test("probes itself a little later if the one that found it is gone, each at another moment", () => {
    const { clock, boards } = pair(() => 0.5);
    const [a, b] = boards;
    a.begin(SMALL).failed(failure("rate-limit", { retryAfterMs: 6_000, status: 429 }));
    clock.advance(8_999);
    assert.equal(b.isAvailable(SMALL), false);
    clock.advance(1);
    assert.equal(b.isAvailable(SMALL), true);
  });

  test("opens all targets of a key that another one found refused, and a reset there closes them here", () => {
    const { boards } = pair();
    const [a, b] = boards;
    a.begin(SMALL).failed(failure("provider-auth", { status: 401 }));
    assert.equal(b.isAvailable(LARGE), false);
    a.reset("primary");
    assert.equal(b.isAvailable(LARGE), true);
  });

  test("keeps to itself that it can't connect: that may be its own network", () => {
    const { boards, said } = pair();
    const [a, b] = boards;
    for (let count = 0; count < 5; count++) a.begin(SMALL).failed(failure("network"));
    assert.equal(a.isAvailable(SMALL), false);
    a.reset();
    assert.deepEqual(said, []);
    assert.deepEqual(b.states(), []);
  });
});
