import { expect, test } from "vitest";
import type { KeyView } from "#lib/api/access_api.ts";
import { keyInput, textsOf } from "./key_input.ts";

const NOW = new Date("2026-11-23T12:00:00").getTime();
const named = { ...textsOf(undefined), name: " موقع " };

test("keyInput() reads a name alone as a key without limits", () => {
  expect(keyInput(named, NOW)).toEqual({ settings: { name: "موقع", routes: [], limits: {} } });
});

test("keyInput() reads Arabic and Latin digits and separators, and a day to its end", () => {
  const texts = {
    ...named,
    until: "2026-11-23",
    requestsPerMinute: "١٬٢٠٠",
    tokensPerMinute: "5,000",
    dailyUsd: "٠٫٥",
  };
  expect(keyInput({ ...texts, routes: ["default"] }, NOW)).toEqual({
    settings: {
      name: "موقع",
      expiresAt: new Date("2026-11-23T23:59:59.999").getTime(),
      routes: ["default"],
      limits: { requestsPerMinute: 1200, tokensPerMinute: 5000, dailyUsd: 0.5 },
    },
  });
});

test("keyInput() names every field that is wrong", () => {
  const texts = { ...named, name: " ", until: "2026-11-22", requestsPerMinute: "1.5", concurrentAnswers: "0" };
  expect(keyInput({ ...texts, dailyUsd: "-1", totalUsd: "much" }, NOW)).toEqual({
    wrong: ["name", "until", "requestsPerMinute", "concurrentAnswers", "dailyUsd", "totalUsd"],
  });
});

test("textsOf() writes a key as keyInput() reads it", () => {
  const settings = {
    name: "Key",
    expiresAt: new Date("2026-12-01T23:59:59.999").getTime(),
    routes: ["default"],
    limits: { requestsPerMinute: 60, totalUsd: 2.25 },
  };
  expect(keyInput(textsOf(settings as unknown as KeyView), NOW)).toEqual({ settings });
});
