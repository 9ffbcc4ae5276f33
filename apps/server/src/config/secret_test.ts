import { inspect } from "node:util";
import { expect, test } from "vitest";
import { hideHeaderValues, maskKey, Secret } from "./secret.ts";

const KEY = "sk-or-v1-0123456789abcdef0123456789abcdefwxyz";

test("maskKey() shows seven and four characters of a long key, and nothing of a short one", () => {
  expect(maskKey(KEY)).toBe("sk-or-v…wxyz");
  for (const short of ["", "a", "sk-1234567890", KEY.slice(0, 31)]) expect(maskKey(short)).toBe("…");
});

test("Secret gives its value to reveal() alone", () => {
  const secret = new Secret(KEY);
  const shown = [`${secret}`, String(secret), JSON.stringify({ secret }), inspect({ secret }, { showHidden: true })];
  expect(shown).toEqual([
    "sk-or-v…wxyz",
    "sk-or-v…wxyz",
    `{"secret":"sk-or-v…wxyz"}`,
    "{ secret: Secret(sk-or-v…wxyz) }",
  ]);
  expect(secret.reveal()).toBe(KEY);
});

test("Secret shows nothing of a password, however long", () => {
  expect(`${new Secret(KEY, "password")}`).toBe("…");
});

test("hideHeaderValues() shows names only, and still works as a record", () => {
  const headers = hideHeaderValues({ "x-key": KEY });
  expect(JSON.stringify(headers) + inspect({ headers })).not.toContain(KEY);
  expect(JSON.stringify(headers)).toBe(`{"x-key":"…"}`);
  expect(new Headers(headers).get("x-key")).toBe(KEY);
  expect(new Headers({ ...headers }).get("x-key")).toBe(KEY);
  expect(Object.entries(headers)).toEqual([["x-key", KEY]]);
});
