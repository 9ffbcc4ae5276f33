import { expect, test } from "vitest";
import ar from "../../../messages/ar.json" with { type: "json" };
import en from "../../../messages/en.json" with { type: "json" };

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted();

test("the messages of both languages have the same keys, in the same order", () => {
  expect(Object.keys(ar)).toEqual(Object.keys(en));
});

test("the messages of both languages have the same placeholders, and none is empty", () => {
  const arabic: Record<string, string> = ar;
  for (const [key, text] of Object.entries<string>(en)) {
    expect(placeholders(arabic[key] ?? ""), key).toEqual(placeholders(text));
    expect(text.trim() && arabic[key]?.trim(), key).not.toBe("");
  }
});
