import { Meter } from "@cogniforge/core/metrics";
import { pino } from "pino";
import { expect, test } from "vitest";
import { ExportReport } from "./export_report.ts";

test("ExportReport tells of failing exports once a minute for each signal, with how many there were, and of the first that works", () => {
  const lines: Record<string, unknown>[] = [];
  let now = 1_000;
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
  const meter = new Meter();
  const report = new ExportReport({ log, meter, now: () => now });
  const fail = (signal: string) => report.failed(signal, new Error("ECONNREFUSED"));
  for (let index = 0; index < 10; index++) fail("traces");
  fail("metrics");
  now += 59_999;
  fail("traces");
  expect(lines.map(({ signal, failures }) => [signal, failures])).toEqual([
    ["traces", 1],
    ["metrics", 1],
  ]);
  now += 1;
  fail("traces");
  expect(lines.at(-1)).toMatchObject({ level: 40, signal: "traces", failures: 11 });
  report.succeeded("traces");
  report.succeeded("traces");
  expect(lines.at(-1)).toMatchObject({ level: 30, signal: "traces" });
  expect(lines).toHaveLength(4);
  expect(meter.samples("exports")).toEqual([
    { labels: { signal: "traces", outcome: "failed" }, value: 12 },
    { labels: { signal: "metrics", outcome: "failed" }, value: 1 },
    { labels: { signal: "traces", outcome: "sent" }, value: 2 },
  ]);
});
