import { expect } from "vitest";
import type { ApiKeyRecord } from "../api_keys.ts";
import type { StoreCase } from "./store_case.ts";

function key(id: string, change: Partial<ApiKeyRecord> = {}): ApiKeyRecord {
  return {
    id,
    owner: "user:1",
    name: "مفتاح",
    hash: `hash-${id}`,
    hint: "cf-aB3d…wxyz",
    createdAt: 1_790_000_000_000,
    routes: ["default", "one/model"],
    limits: { dailyUsd: 0.5, requestsPerMinute: 3 },
    isSuspended: false,
    ...change,
  };
}

/** What every {@linkcode ApiKeyStore} keeps. */
export const KEY_CASES: readonly StoreCase[] = [
  [
    "ApiKeyStore gives keys oldest first, as they were made, also after a restart",
    async (subject) => {
      const keys = [
        key("b", { createdAt: 2, expiresAt: 9_790_000_000_000 }),
        key("c", { createdAt: 2, lastUsedAt: 5, revokedAt: 6 }),
        key("a", { createdAt: 3, isSuspended: true, routes: [], limits: {} }),
      ];
      for (const one of keys.toReversed()) await subject.storage.apiKeys.insert(one);
      await expect(subject.storage.apiKeys.insert(key("d", { hash: "hash-b" }))).rejects.toThrow();
      const { apiKeys } = await subject.reopen();
      expect(await apiKeys.all()).toEqual(keys);
    },
  ],
  [
    "ApiKeyStore changes what may be changed, revokes once, and suspends all keys of an owner",
    async ({ storage }) => {
      const { apiKeys } = storage;
      for (const one of [key("a"), key("b"), key("c", { owner: "user:2" })]) await apiKeys.insert(one);
      const settings = { name: "new", expiresAt: 5, routes: [], limits: { totalUsd: 1 } };
      await apiKeys.update("a", settings);
      await apiKeys.revoke("b", 7);
      await apiKeys.revoke("b", 8);
      await apiKeys.suspend("user:1", true);
      expect(await apiKeys.all()).toEqual([
        key("a", { ...settings, isSuspended: true }),
        key("b", { revokedAt: 7, isSuspended: true }),
        key("c", { owner: "user:2" }),
      ]);
      await apiKeys.suspend("user:1", false);
      expect((await apiKeys.all()).map(({ isSuspended }) => isSuspended)).toEqual([false, false, false]);
    },
  ],
  [
    "ApiKeyStore.noteUse() keeps the latest use, whichever is told last",
    async ({ storage }) => {
      const { apiKeys } = storage;
      for (const id of ["a", "b"]) await apiKeys.insert(key(id));
      await apiKeys.noteUse(
        new Map([
          ["b", 10],
          ["a", 20],
          ["gone", 30],
        ]),
      );
      await apiKeys.noteUse(
        new Map([
          ["a", 15],
          ["b", 25],
        ]),
      );
      expect((await apiKeys.all()).map(({ lastUsedAt }) => lastUsedAt)).toEqual([20, 25]);
    },
  ],
  [
    "ApiKeyStore.addSpending() loses none of what is spent at the same moment, and sums by day and month",
    async ({ storage }) => {
      const { apiKeys } = storage;
      for (const id of ["a", "b", "c"]) await apiKeys.insert(key(id));
      await Promise.all(
        Array.from({ length: 40 }, () => apiKeys.addSpending("a", "2026-11-23", { usd: 0.25, tokens: 100_000_000 })),
      );
      await apiKeys.addSpending("a", "2026-11-02", { usd: 2.5, tokens: 1 });
      await apiKeys.addSpending("a", "2026-10-31", { usd: 100, tokens: 0 });
      await apiKeys.addSpending("b", "2026-10-31", { usd: 1, tokens: 2 });
      expect(await apiKeys.spendings("2026-11-23")).toEqual(
        new Map([
          ["a", { dailyUsd: 10, monthlyUsd: 12.5, totalUsd: 112.5, totalTokens: 4_000_000_001, answers: 42 }],
          ["b", { dailyUsd: 0, monthlyUsd: 0, totalUsd: 1, totalTokens: 2, answers: 1 }],
        ]),
      );
    },
  ],
];
