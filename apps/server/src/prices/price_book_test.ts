import type { Price } from "@cogniforge/core/metrics";
import { presetOf } from "@cogniforge/core/providers";
import { describe, expect, test } from "vitest";
import type { ProviderConfig } from "../config/mod.ts";
import { PriceBook } from "./price_book.ts";
import { readPriceTable } from "./price_table.ts";

const provider = (name: string, more: Partial<ProviderConfig> = {}): ProviderConfig => ({
  name,
  dialect: "openai-chat",
  isUsable: true,
  source: "file",
  ...more,
});
const price = (input: number): Price => ({ input, output: 2 * input });
const OPENAI = provider("openai", { preset: "openai", baseUrl: "https://api.openai.com/v1" });

describe("PriceBook with the table that is built in", () => {
  const book = new PriceBook({});

  test("knows the models of a known provider, and their dated names", () => {
    const mini = { input: 0.15, cachedInput: 0.075, output: 0.6 };
    expect(book.priceOf(OPENAI, "gpt-4o-mini")).toEqual(mini);
    expect(book.priceOf(OPENAI, "gpt-4o-mini", "gpt-4o-mini-2024-07-18")).toEqual(mini);
    const claude = provider("c", { preset: "anthropic" });
    expect(book.priceOf(claude, "claude-haiku-4-5", "claude-haiku-4-5-20251001")?.cacheWrite).toBe(1.25);
    expect(book.priceOf(provider("g", { preset: "groq" }), "openai/gpt-oss-120b")?.output).toBe(0.6);
  });

  test("goes by the model that really answered, not by the name that moves along", () => {
    expect(book.priceOf(OPENAI, "gpt-4o", "gpt-4o-2024-05-13")).toBeUndefined();
    expect(book.priceOf(OPENAI, "gpt-4o-mini-transcribe")).toBeUndefined();
  });

  test("knows nothing of a server that only has a known provider's name", () => {
    expect(book.priceOf(provider("openai", { baseUrl: "http://127.0.0.1:8000/v1" }), "gpt-4o-mini")).toBeUndefined();
    expect(book.priceOf(provider("mine", { baseUrl: "https://api.openai.com/v1" }), "gpt-4o-mini")).toBeDefined();
    expect(book.priceOf(provider("mock", { dialect: "mock" }), "gpt-4o-mini")).toBeUndefined();
  });
});

describe("PriceBook with the operator's prices", () => {
  const book = new PriceBook({
    "local/*": price(1),
    "local/big-*": price(2),
    "local/big-1": price(3),
    "gpt-4o-mini": price(4),
    "a.c": price(5),
    "*": price(9),
  });

  test("takes the most exact of those that fit", () => {
    const local = provider("local", { baseUrl: "http://127.0.0.1:8000/v1" });
    const inputs = ["small", "big-2", "big-1"].map((model) => book.priceOf(local, model)?.input);
    expect(inputs).toEqual([1, 2, 3]);
  });

  test("takes them before the table, for any provider, by the name asked for or reported", () => {
    expect(book.priceOf(OPENAI, "gpt-4o-mini")?.input).toBe(4);
    expect(new PriceBook({ "real-1": price(7) }).priceOf(provider("p"), "alias", "real-1")?.input).toBe(7);
    expect(book.priceOf(provider("p"), "abc")?.input, "a point is a point").toBe(9);
  });
});

test("prices.json names known providers alone, by https sources and with prices that fit together", () => {
  const table = readPriceTable();
  expect(table.size).toBeGreaterThan(20);
  for (const [pattern, { input, cachedInput = 0, output }] of table) {
    expect(presetOf(pattern.slice(0, pattern.indexOf("/")))?.domains, pattern).toBeDefined();
    expect(cachedInput, pattern).toBeLessThan(input);
    expect(output, pattern).toBeGreaterThan(input);
  }
});
