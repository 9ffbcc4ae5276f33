import { expect, test } from "vitest";
import { SignInThrottle } from "./mod.ts";

const EMAIL = "admin@example.com";

function makeThrottle() {
  let now = 0;
  const throttle = new SignInThrottle({ secret: "s".repeat(43), now: () => now });
  const tryAll = (email: string, device?: string, tries = 20) =>
    Array.from({ length: tries }, () => throttle.begin(email, device)).filter((begun) => typeof begun !== "number")
      .length;
  return {
    throttle,
    tryAll,
    pass(ms: number) {
      now += ms;
    },
  };
}

test("SignInThrottle lets twenty wrong passwords for one account through, then one a minute", () => {
  const { throttle, tryAll, pass } = makeThrottle();
  expect(tryAll(EMAIL)).toBe(20);
  expect(throttle.begin(EMAIL.toUpperCase(), undefined)).toBe(60_000);
  pass(59_999);
  expect(throttle.begin(EMAIL, undefined)).toBeCloseTo(1, 5);
  pass(1);
  expect(throttle.begin(EMAIL, undefined)).toEqual({ succeeded: expect.any(Function) });
  expect(tryAll("other@example.com")).toBe(20);
});

test("SignInThrottle counts no try that was right", () => {
  const { throttle } = makeThrottle();
  for (let at = 0; at < 100; at++) {
    const begun = throttle.begin(EMAIL, undefined);
    if (typeof begun === "number") expect.fail("A right password was made to wait");
    begun.succeeded();
  }
});

test("SignInThrottle lets the owner in from a known device while the account is guessed at, and counts that device too", () => {
  const { throttle, tryAll } = makeThrottle();
  const mark = throttle.mark(EMAIL);
  expect(tryAll(EMAIL, undefined, 1_000)).toBe(20);
  expect(tryAll(EMAIL, mark)).toBe(20);
  expect(throttle.begin(EMAIL, mark)).toBeGreaterThan(0);
});

test("SignInThrottle takes no mark that was forged, or made for another account or with another secret", () => {
  const { throttle, tryAll } = makeThrottle();
  tryAll(EMAIL);
  const [nonce] = throttle.mark(EMAIL).split(".");
  const foreign = new SignInThrottle({ secret: "t".repeat(43) }).mark(EMAIL);
  for (const mark of [throttle.mark("mallory@example.com"), foreign, `${nonce}.x`, `${nonce}.`, "", ".", "a.b.c"]) {
    expect(throttle.begin(EMAIL, mark), mark).toBeGreaterThan(0);
  }
});

test("SignInThrottle holds a bounded number of accounts", () => {
  const { throttle, tryAll } = makeThrottle();
  tryAll(EMAIL, undefined, 1);
  for (let at = 0; at < 25_000; at++) throttle.begin(`a${at}@example.com`, undefined);
  expect(throttle.size).toBe(10_000);
});
