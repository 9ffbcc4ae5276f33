import { expect, test } from "vitest";
import { AnswerGate, type AnswerGateOptions } from "./answer_gate.ts";
import type { LimitStore } from "./limit_store.ts";

test("an answer that goes on or ends while the counts can't be reached is let be, and its spending is written down", async () => {
  const away = async () => {
    throw new Error("The store is away");
  };
  const store: LimitStore = { take: away, level: away, use: away, waitForUse: away, enter: away, leave: away };
  const uncounted: [string, string][] = [];
  const spent: unknown[] = [];
  const gate = new AnswerGate({
    store,
    keys: { usedUp: () => undefined, spend: async (...spending: unknown[]) => void spent.push(spending) },
    limits: (() => ({})) as unknown as AnswerGateOptions["limits"],
    running: () => 0,
    lagMs: () => 0,
    onUncounted: (error, answerId) => uncounted.push([(error as Error).message, answerId]),
  });
  await gate.carried("owner", "taken-up");
  await gate.ended("owner", "ended-here", { tokens: 12, usd: 0.5 });
  expect(uncounted).toEqual([
    ["The store is away", "taken-up"],
    ["The store is away", "ended-here"],
  ]);
  expect(spent).toEqual([["owner", { tokens: 12, usd: 0.5 }]]);
});
