import { expect, test } from "vitest";
import type { AuditEntry } from "#lib/api/administration_api.ts";
import { factsOf } from "./audit_facts.ts";
import { objectOf } from "./audit_texts.ts";

const entry = (detail: unknown): AuditEntry => ({
  id: 1,
  at: 1,
  principal: "p",
  principalName: "P",
  action: "key-made",
  object: "k1",
  detail,
});
const told = (detail: unknown) => factsOf(entry(detail)).map(({ name, value }) => [name, value]);

test("factsOf() tells a key's limits beside its routes, each by its own format", () => {
  expect(told({ name: "Site", routes: [], limits: { requestsPerMinute: 1200, monthlyUsd: 20 } })).toEqual([
    ["routes", expect.stringMatching(/./)],
    ["requestsPerMinute", "1,200"],
    ["monthlyUsd", "$20.00"],
  ]);
});

test("factsOf() says a failure and a fault in words, and leaves out what is told elsewhere or unknown to anybody", () => {
  const [[, failure] = [], [, fault] = [], ...rest] = told({
    failure: "provider-auth",
    fault: { fault: "cut", calls: 2 },
    changes: [],
    email: "member@example.com",
    costUsd: undefined,
  });
  expect(failure).not.toBe("provider-auth");
  expect(fault).not.toBe("cut");
  expect(rest).toEqual([["calls", "2"]]);
});

test("factsOf() keeps the name of a fact that it does not know", () => {
  expect(told({ colour: ["red"] })).toEqual([["colour", '["red"]']]);
});

test("objectOf() names a key and a user as people do, and else by what it is", () => {
  expect(objectOf(entry({ name: "Site" }))).toBe("Site");
  expect(objectOf(entry({ email: "member@example.com" }))).toBe("member@example.com");
  expect(objectOf(entry(undefined))).toBe("k1");
});
