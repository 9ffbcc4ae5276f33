import { expect, test } from "vitest";
import { redirectFor, safeNext } from "./guard.ts";

test("redirectFor() leads to the first run, then to the sign-in, then nowhere", () => {
  const none = { hasAdministrator: false, isSignedIn: false };
  expect(redirectFor({ pathname: "/c/1", ...none })).toBe("/setup");
  expect(redirectFor({ pathname: "/setup", ...none })).toBeUndefined();
  const out = { hasAdministrator: true, isSignedIn: false };
  expect(redirectFor({ pathname: "/", ...out })).toBe("/login");
  expect(redirectFor({ pathname: "/setup", ...out })).toBe("/login");
  expect(redirectFor({ pathname: "/c/1", ...out })).toBe("/login?next=%2Fc%2F1");
  expect(redirectFor({ pathname: "/login", ...out })).toBeUndefined();
  const signedIn = { hasAdministrator: true, isSignedIn: true };
  expect(redirectFor({ pathname: "/login", ...signedIn })).toBe("/");
  expect(redirectFor({ pathname: "/c/1", ...signedIn })).toBeUndefined();
});

test("safeNext() never leads out of the console", () => {
  expect(safeNext("/c/1?a=b")).toBe("/c/1?a=b");
  for (const next of [
    null,
    "",
    "c",
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
  ]) {
    expect(safeNext(next), String(next)).toBe("/");
  }
});
