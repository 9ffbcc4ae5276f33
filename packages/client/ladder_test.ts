import { ManualClock } from "@cogniforge/core/resilience";
import { expect, test } from "vitest";
import { type ConnectionReport, Ladder, TransportMemory } from "./ladder.ts";
import { TRANSPORT_NAMES } from "./transports/transport.ts";

const REFUSED: ConnectionReport = { hasLived: false, hasNews: false, isSilent: false };
const DROPPED: ConnectionReport = { hasLived: true, hasNews: true, isSilent: false };
const FRUITLESS: ConnectionReport = { hasLived: true, hasNews: false, isSilent: false };
const SILENT: ConnectionReport = { hasLived: true, hasNews: true, isSilent: true };

function setUp() {
  const clock = new ManualClock();
  const memory = new TransportMemory(clock, 1_000);
  return { clock, memory, ladder: new Ladder(TRANSPORT_NAMES, memory) };
}

function live(ladder: Ladder, report: ConnectionReport): "again" | "outage" {
  ladder.live();
  return ladder.end(report);
}

test("Ladder goes down rung by rung while each is refused, and calls it an outage at the last", () => {
  const { ladder } = setUp();
  expect(ladder.current).toBe("websocket");
  expect(ladder.end(REFUSED)).toBe("again");
  expect(ladder.current).toBe("sse");
  expect(ladder.end(REFUSED)).toBe("again");
  expect(ladder.current).toBe("polling");
  expect(ladder.end(REFUSED)).toBe("outage");
});

test("Ladder blames no transport for an outage: once the last rung works the best is tried again", () => {
  const { ladder, memory } = setUp();
  for (const _ of TRANSPORT_NAMES) ladder.end(REFUSED);
  expect(ladder.current).toBe("polling");
  live(ladder, DROPPED);
  expect(ladder.current).toBe("websocket");
  expect(memory.isAvoided("websocket")).toBe(false);
});

test("Ladder blames what was refused once something below it works", () => {
  const { ladder, memory } = setUp();
  ladder.end(REFUSED);
  live(ladder, DROPPED);
  expect(ladder.current).toBe("sse");
  expect(memory.isAvoided("websocket")).toBe(true);
  expect(memory.isTrusted("sse")).toBe(true);
});

test("Ladder gives a transport that worked a second chance, and no third", () => {
  const { ladder } = setUp();
  live(ladder, DROPPED);
  ladder.end(REFUSED);
  ladder.end(REFUSED);
  expect(ladder.current).toBe("polling");
  live(ladder, DROPPED);
  expect(ladder.current).toBe("websocket");
  ladder.end(REFUSED);
  live(ladder, DROPPED);
  expect(ladder.current).toBe("polling");
});

test("Ladder stays on a transport that is cut again and again but brings news", () => {
  const { ladder } = setUp();
  for (let cut = 0; cut < 20; cut++) expect(live(ladder, DROPPED)).toBe("again");
  expect(ladder.current).toBe("websocket");
});

test.each([
  ["brings nothing", FRUITLESS],
  ["goes silent", SILENT],
])("Ladder leaves a transport that lives but twice %s", (_, report) => {
  const { ladder } = setUp();
  live(ladder, report);
  expect(ladder.current).toBe("websocket");
  live(ladder, report);
  expect(ladder.current).toBe("sse");
});

test("Ladder waits before it takes a last rung again that brings nothing", () => {
  const { memory } = setUp();
  const ladder = new Ladder(["sse"], memory);
  expect(live(ladder, FRUITLESS)).toBe("again");
  expect(live(ladder, FRUITLESS)).toBe("outage");
});

test("TransportMemory lets the next answer begin where the last one got through, and forgets in time", () => {
  const { clock, memory, ladder } = setUp();
  ladder.end(REFUSED);
  live(ladder, DROPPED);
  expect(new Ladder(TRANSPORT_NAMES, memory).current).toBe("sse");
  clock.advance(1_000);
  expect(new Ladder(TRANSPORT_NAMES, memory).current).toBe("websocket");
});

test("TransportMemory no longer trusts what failed once, so that the next answer does not try it twice", () => {
  const { memory, ladder } = setUp();
  live(ladder, DROPPED);
  for (const _ of ["this answer", "the next answer"]) {
    const next = new Ladder(TRANSPORT_NAMES, memory);
    expect(next.current).toBe("websocket");
    next.end(REFUSED);
    live(next, DROPPED);
  }
  expect(memory.isAvoided("websocket")).toBe(true);
});

test("Ladder takes no empty list of transports", () => {
  expect(() => new Ladder([], setUp().memory)).toThrow(RangeError);
});
