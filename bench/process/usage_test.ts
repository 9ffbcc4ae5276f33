import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { cpuMsOf, cpuTicks, endedChildrenTicks, rssOf } from "./usage.ts";

test("cpuTicks() adds user and system time, whatever the program's name", () => {
  const fields = "S 1 2 3 4 5 6 7 8 9 10 123 45 0 0 20 0 11 0";
  assert.equal(cpuTicks(`77 (node) ${fields}`), 168);
  assert.equal(cpuTicks(`77 (a ) b (c) ${fields}`), 168);
});

test("endedChildrenTicks() adds those of the children alone", () => {
  assert.equal(endedChildrenTicks("77 (postgres) S 1 2 3 4 5 6 7 8 9 10 123 45 30 4 20 0 11 0"), 34);
});

// The bench runs on Linux alone; its tests run where the project is developed.
const testOnLinux = process.platform === "linux" ? test : () => {};

void testOnLinux("cpuMsOf() counts the work of all threads", async () => {
  const before = cpuMsOf(process.pid);
  const usedBefore = process.cpuUsage();
  const worker = new Worker("const until = Date.now() + 150; while (Date.now() < until);", { eval: true });
  await new Promise((resolve) => worker.once("exit", resolve));
  const { user, system } = process.cpuUsage(usedBefore);
  // Both count all threads; /proc in ticks of some 10 ms.
  assert.ok(Math.abs(cpuMsOf(process.pid) - before - (user + system) / 1e3) <= 30);
});

void testOnLinux("rssOf() tells what Node tells of itself", () => {
  const own = process.memoryUsage.rss();
  assert.ok(Math.abs(rssOf(process.pid) - own) < own / 4);
});
