import { expect } from "vitest";
import type { PrefillNews } from "../kysely_prefill_memory.ts";
import type { StoreCase } from "./store_case.ts";

const DAY_MS = 86_400_000;

/** What every memory of the targets' abilities keeps. */
export const PREFILL_CASES: readonly StoreCase[] = [
  [
    "PrefillMemory answers at once, and knows after the next start what was learned",
    async (subject) => {
      const first = subject.storage;
      expect(first.prefillMemory.acceptsPrefill("one/model")).toBeUndefined();
      first.prefillMemory.learnPrefill("one/model", true);
      first.prefillMemory.learnPrefill("one/model", false);
      first.prefillMemory.learnPrefill("two/model", true);
      expect(first.prefillMemory.acceptsPrefill("one/model")).toBe(false);
      const second = await subject.reopen();
      expect(
        ["one/model", "two/model", "three/model"].map((name) => second.prefillMemory.acceptsPrefill(name)),
      ).toEqual([false, true, undefined]);
    },
  ],

  [
    "PrefillMemory forgets a lesson after 30 days, running or not",
    async (subject) => {
      let now = 1_790_000_000_000;
      const clock = { wallTime: () => now };
      const first = await subject.reopen({ clock });
      first.prefillMemory.learnPrefill("one/model", false);
      now += 20 * DAY_MS;
      first.prefillMemory.learnPrefill("two/model", false);
      expect(first.prefillMemory.acceptsPrefill("one/model")).toBe(false);
      now += 10 * DAY_MS;
      expect(first.prefillMemory.acceptsPrefill("one/model")).toBeUndefined();
      const second = await subject.reopen({ clock });
      expect(second.prefillMemory.acceptsPrefill("one/model")).toBeUndefined();
      expect(second.prefillMemory.acceptsPrefill("two/model")).toBe(false);
      second.prefillMemory.learnPrefill("one/model", false);
      expect(second.prefillMemory.acceptsPrefill("one/model")).toBe(false);
    },
  ],

  [
    "PrefillMemory counts no lesson of a provider that is set up otherwise now, before or after a start",
    async (subject) => {
      const first = subject.storage;
      const settings = (one: string) => new Map(Object.entries({ one, two: "trailing" }));
      first.prefillMemory.configure(settings("prefix"));
      for (const target of ["one/vendor/model", "two/model"]) first.prefillMemory.learnPrefill(target, false);
      expect(first.prefillMemory.acceptsPrefill("one/vendor/model")).toBe(false);
      first.prefillMemory.configure(settings("partial"));
      expect(first.prefillMemory.acceptsPrefill("one/vendor/model")).toBeUndefined();
      expect(first.prefillMemory.acceptsPrefill("two/model")).toBe(false);
      const second = await subject.reopen();
      second.prefillMemory.configure(settings("partial"));
      expect(second.prefillMemory.acceptsPrefill("one/vendor/model")).toBeUndefined();
      second.prefillMemory.configure(settings("prefix"));
      expect(second.prefillMemory.acceptsPrefill("one/vendor/model")).toBe(false);
      expect(second.prefillMemory.acceptsPrefill("two/model")).toBe(false);
    },
  ],

  [
    "PrefillMemory tells others what it learns, each lesson once, and takes what they tell",
    async (subject) => {
      const told: PrefillNews[] = [];
      const { prefillMemory } = subject.storage;
      prefillMemory.spreadTo((news) => told.push(news));
      prefillMemory.learnPrefill("one/model", false);
      prefillMemory.learnPrefill("one/model", false);
      expect(told).toMatchObject([{ target: "one/model", accepts: false, setting: "" }]);
      for (const news of told) prefillMemory.hear({ ...news, target: "two/model" });
      expect(prefillMemory.acceptsPrefill("two/model")).toBe(false);
      expect(told).toHaveLength(1);
    },
  ],
];
