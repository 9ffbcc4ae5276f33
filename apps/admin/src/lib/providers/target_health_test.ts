import { expect, test } from "vitest";
import type { BreakerStatus, RouteStatus } from "#lib/api/console_api.ts";
import { targetHealth } from "./target_health.ts";

const target = (provider: string, model: string, isUsable = true): RouteStatus["targets"][number] => ({
  provider,
  model,
  dialect: "openai-chat",
  isTrial: false,
  isUsable,
});
const routes: RouteStatus[] = [
  { route: "default", targets: [target("one", "a"), target("two", "b"), target("unset", "c", false)] },
  { route: "fast", targets: [target("two", "b"), target("one", "d")] },
];
const names = (rows: ReturnType<typeof targetHealth>) => rows.map(({ provider, model }) => `${provider}/${model}`);

test("targetHealth() lists every usable target once, in the order of the routes, closed without a breaker", () => {
  const rows = targetHealth(routes, []);
  expect(names(rows)).toEqual(["one/a", "two/b", "one/d"]);
  expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(["closed"]));
});

test("targetHealth() gives a target the graver state of its own breaker and its key's, and the later failure", () => {
  const breakers: BreakerStatus[] = [
    { provider: "one", model: "a", state: "half-open", since: 1, lastFailure: { code: "stall", at: 9 } },
    {
      provider: "one",
      state: "open",
      since: 2,
      lastFailure: { code: "provider-auth", at: 5, status: 401 },
      retryAt: 70,
    },
  ];
  const [a, b, d] = targetHealth(routes, breakers);
  expect(a).toMatchObject({ state: "open", retryAt: 70, lastFailure: { code: "stall" } });
  expect(b).toMatchObject({ state: "closed", lastFailure: undefined });
  expect(d).toMatchObject({ state: "open", retryAt: 70, lastFailure: { code: "provider-auth" } });
});

test("targetHealth() also lists breakers of targets that no route has", () => {
  const rows = targetHealth(routes, [
    { provider: "two", model: "x", state: "open", since: 1 },
    { provider: "gone", state: "half-open", since: 1 },
  ]);
  expect(names(rows)).toEqual(["one/a", "two/b", "one/d", "two/x", "gone/undefined"]);
});
