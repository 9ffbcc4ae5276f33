import { expect, test } from "vitest";
import { acceptPasses, makePass } from "./doctor_pass.ts";

const SECRET = "s".repeat(43);
const NOW = 1_790_000_000_000;
const MINUTE = 60_000;

const nobody = async () => undefined;
const headers = (pass: string) => ({ authorization: `Bearer ${pass}` });

test("acceptPasses() lets a pass in for some minutes, as a program that may ask one route", async () => {
  const pass = makePass(SECRET, NOW);
  const at = (now: number) => acceptPasses(nobody, SECRET, () => now)(headers(pass));
  expect(await at(NOW)).toMatchObject({ id: "key:doctor", role: "program", grant: { routes: ["cogniforge/doctor"] } });
  expect(await at(NOW + 4 * MINUTE)).toMatchObject({ id: "key:doctor" });
  expect(await at(NOW + 5 * MINUTE)).toBeUndefined();
  // Made by a clock that is far ahead: it would be good for longer than any pass.
  expect(await at(NOW - MINUTE)).toBeUndefined();
});

test("acceptPasses() refuses a pass of another secret or another time", async () => {
  const accept = acceptPasses(nobody, SECRET, () => NOW);
  expect(await accept(headers(makePass("t".repeat(43), NOW)))).toBeUndefined();
  const later = makePass(SECRET, NOW).replace(/-[0-9a-z]+-/, `-${(NOW + 4 * MINUTE).toString(36)}-`);
  expect(await accept(headers(later))).toBeUndefined();
});

test("acceptPasses() leaves every other credential to whom it belongs", async () => {
  const somebody = { id: "user:1", kind: "user", role: "member", name: "x" } as const;
  const accept = acceptPasses(
    async () => somebody,
    SECRET,
    () => NOW,
  );
  expect(await accept({ cookie: "c" })).toBe(somebody);
  expect(await accept(headers("cf-key"))).toBe(somebody);
});
