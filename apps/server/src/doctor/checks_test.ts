import { expect, test } from "vitest";
import type { CheckResult } from "./check.ts";
import { ClockProbe } from "./clock_check.ts";
import { DOCTOR_PACE_MS, DOCTOR_TEXT } from "./doctor_route.ts";
import { isHeldBack } from "./doors/judge.ts";
import { examine } from "./examine.ts";
import { checkNode } from "./node_check.ts";
import type { Patient } from "./patient.ts";

async function collect(results: AsyncIterable<CheckResult>): Promise<CheckResult[]> {
  const all: CheckResult[] = [];
  for await (const result of results) all.push(result);
  return all;
}

test("checkNode() refuses an old Node with what to do, and takes a new one", async () => {
  const [old] = await collect(checkNode({ nodeVersion: "v20.19.2" }));
  expect(old).toMatchObject({ status: "error", details: { version: "v20.19.2" } });
  expect(old?.remedy?.en).toContain("Node 24");
  expect(old?.remedy?.ar).toContain("ثبّت");
  for (const nodeVersion of ["v24.0.0", "v26.10.0"]) {
    expect(await collect(checkNode({ nodeVersion }))).toMatchObject([{ status: "ok" }]);
  }
  expect(await collect(checkNode({ nodeVersion: "unknown" }))).toMatchObject([{ status: "error" }]);
});

test.each([
  [0, "ok"],
  [90_000, "warning"],
  [-90_000, "warning"],
  [-3_600_000, "error"],
] as const)("ClockProbe calls a clock that is %d ms off '%s'", async (offMs, status) => {
  const date = new Date("2026-11-23T10:00:00Z");
  const probe = new ClockProbe(
    async () => new Response("", { headers: { date: date.toUTCString() } }),
    () => date.getTime() + 500 + offMs,
  );
  expect(probe.result().status).toBe("skipped");
  await probe.fetch("https://up.test", {} as Parameters<typeof probe.fetch>[1]);
  expect(probe.result()).toMatchObject({ status, details: { aheadSeconds: offMs / 1000 } });
});

const heard = (...arrivals: number[]) => ({
  arrivals,
  spreadMs: (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0),
});
const pieces = DOCTOR_TEXT.split(" ").length;
const paced = Array.from({ length: pieces }, (_, index) => index * DOCTOR_PACE_MS);

test("isHeldBack() tells a stream that came piece by piece from one that came at once or in lumps", () => {
  expect(isHeldBack(heard(...paced))).toBe(false);
  expect(isHeldBack(heard(...paced.map((at) => at + 5_000)))).toBe(false);
  expect(isHeldBack(heard(...paced.map(() => 900)))).toBe(true);
  expect(isHeldBack(heard(900))).toBe(true);
  expect(isHeldBack(heard(...paced.map((at) => (at < 450 ? 450 : 900))))).toBe(true);
  // A busy machine joins some pieces: that is no proxy.
  expect(isHeldBack(heard(...paced.map((at) => Math.ceil(at / 120) * 120)))).toBe(false);
});

test("examine() yields results as they come, and tells of a check that breaks down", async () => {
  const gate = Promise.withResolvers<void>();
  const result = (id: string): CheckResult => ({ id, status: "ok", message: { en: id, ar: id } });
  async function* checkSlow() {
    await gate.promise;
    yield result("node");
  }
  async function* checkQuick() {
    yield result("clock");
  }
  // biome-ignore lint/correctness/useYield: it breaks down before it has found anything
  async function* checkPort(): AsyncGenerator<CheckResult> {
    throw new Error("broken");
  }
  const patient = { signal: new AbortController().signal } as Patient;
  const found: string[] = [];
  for await (const { id } of examine(patient, [checkSlow, checkQuick, checkPort])) {
    found.push(id);
    if (found.length === 2) gate.resolve();
  }
  expect(found.toSorted()).toEqual(["clock", "node", "port.check"]);
  expect(found.at(-1)).toBe("node");
});
