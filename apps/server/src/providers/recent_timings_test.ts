import type { AttemptSummary } from "@cogniforge/core/events";
import { expect, test } from "vitest";
import { RecentTimings } from "./recent_timings.ts";

const attempt = (model: string, firstTokenMs?: number): AttemptSummary => ({
  attempt: 1,
  provider: "p",
  model,
  why: "first",
  from: 0,
  to: 0,
  timing: { totalMs: 9, deltas: 0, ...(firstTokenMs !== undefined && { firstTokenMs }) },
});

test("RecentTimings.of() tells how the latest hundred attempts of a target began, and nothing of those without text", () => {
  const timings = new RecentTimings();
  timings.note({ attempts: [attempt("m", 90_000), attempt("silent")] });
  for (let ms = 100; ms >= 1; ms--) timings.note({ attempts: [attempt("m", ms)] });
  expect(timings.of("p", "m")).toEqual({ p50: 50, p95: 95, count: 100 });
  expect([timings.of("p", "silent"), timings.of("other", "m")]).toEqual([undefined, undefined]);
});
