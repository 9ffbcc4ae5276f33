import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { expect, test } from "vitest";
import { isDeadHolder, newHolder } from "./holder.ts";

test("isDeadHolder() tells the dead of this machine from the living and from strangers", async () => {
  const own = newHolder();
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const other = `${hostname()}/${child.pid}/some-uuid`;
  expect(isDeadHolder(own, own)).toBe(false);
  expect(isDeadHolder(other, own)).toBe(false);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isDeadHolder(other, own)).toBe(true);
  expect(isDeadHolder(`another-host/${child.pid}/some-uuid`, own)).toBe(false);
  expect(isDeadHolder("a name of another form", own)).toBe(false);
  // In a container every process is number 1: a predecessor had our own number.
  expect(isDeadHolder(`${hostname()}/${process.pid}/another-uuid`, own)).toBe(true);
});

test("isDeadHolder() takes no other server of this process for dead, nor one of another container of this name", () => {
  const own = newHolder(true);
  expect(isDeadHolder(newHolder(true), own)).toBe(false);
  const [place = "", pid] = own.split("/");
  expect(isDeadHolder(`${place}/${pid}/another-uuid`, own)).toBe(true);
  expect(isDeadHolder(`${hostname()}@1/${pid}/another-uuid`, own)).toBe(false);
});
