import { expect, test } from "vitest";
import { isTraceparent, parentOf, parseTraceparent, spanIdOf, traceIdOf } from "./trace_ids.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const headerOf = (answerId: string, traceparent?: string) => ({
  answerId,
  owner: "o",
  createdAt: 0,
  ask: { origin: { door: "sse", traceparent } },
});

test("parseTraceparent() reads the caller's span, also from a later version, and nothing that W3C's rules refuse", () => {
  expect(parseTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled: true });
  expect(parseTraceparent(`cc-${TRACE}-${SPAN}-00-later`)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled: false });
  for (const wrong of [
    "",
    `ff-${TRACE}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
    `cc-${TRACE}-${SPAN}-00-${"x".repeat(100)}`,
  ]) {
    expect(isTraceparent(wrong), wrong).toBe(false);
  }
});

test("an answer's ids are its caller's trace and its own span, or follow from its id alone", () => {
  expect(traceIdOf(headerOf("a", `00-${TRACE}-${SPAN}-01`))).toBe(TRACE);
  expect(parentOf(headerOf("a"))).toBeUndefined();
  expect(traceIdOf(headerOf("a"))).toMatch(/^[0-9a-f]{32}$/);
  expect(traceIdOf(headerOf("a"))).toBe(traceIdOf(headerOf("a")));
  const ids = [traceIdOf(headerOf("a")), traceIdOf(headerOf("b")), spanIdOf("a"), spanIdOf("a", 1), spanIdOf("b")];
  expect(new Set(ids).size).toBe(ids.length);
  expect(spanIdOf("a", 1)).toMatch(/^[0-9a-f]{16}$/);
});
