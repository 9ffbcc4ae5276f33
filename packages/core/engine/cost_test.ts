import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AttemptSummary } from "../events/mod.ts";
import type { Price } from "../metrics/mod.ts";
import type { Provider } from "../providers/mod.ts";
import { createWorld, STOP, scripted, text } from "./_world.ts";
import type { Target } from "./route.ts";
import { totalCost } from "./summary.ts";
import { tableCost } from "./table_cost.ts";

const PRICE: Price = { input: 1, output: 2 };
const USAGE = { parts: [{ type: "usage", usage: { inputTokens: 1_000_000, outputTokens: 500_000 } }] } as const;
const usage = () => ({ parts: [...USAGE.parts] });
const priced = (provider: Target["provider"], priceOf: Target["priceOf"] = () => PRICE): Target => ({
  provider,
  model: "m",
  priceOf,
});

describe("Engine tells the cost of an attempt", () => {
  test("by the target's price where the upstream reports its tokens alone", async () => {
    const world = createWorld([], { targets: [priced(scripted("a", [text("Hi"), usage(), STOP]))] });
    await world.start();
    const { end } = await world.ended();
    const cost = { amount: 2, currency: "USD", source: "table" };
    assert.deepEqual([end.cost, end.attempts[0]?.cost], [cost, cost]);
    const attemptEnd = (await world.events()).find((event) => event.type === "attempt-end");
    assert.deepEqual(attemptEnd?.cost, cost);
  });

  test("as the upstream states it, whatever the table says", async () => {
    const stated = { amount: 0.25, currency: "USD", source: "provider" } as const;
    const script = [text("Hi"), usage(), { parts: [{ type: "cost", cost: stated }] } as const, STOP];
    const world = createWorld([], {
      targets: [
        priced(
          scripted(
            "a",
            script.map((step) => ({ parts: [...step.parts] })),
          ),
        ),
      ],
    });
    await world.start();
    assert.deepEqual((await world.ended()).end.cost, stated);
  });

  test("by the model's name as the upstream gave it", async () => {
    const asked: (string | undefined)[] = [];
    const answer = [{ parts: [{ type: "model", model: "real-1" }] } as const, text("Hi"), usage(), STOP];
    const provider = scripted(
      "a",
      answer.map((step) => ({ parts: [...step.parts] })),
    );
    const world = createWorld([], {
      targets: [
        priced(provider, (modelReported) => {
          asked.push(modelReported);
          return undefined;
        }),
      ],
    });
    await world.start();
    assert.equal((await world.ended()).end.cost, undefined);
    assert.deepEqual(asked, ["real-1"]);
  });

  test("never of a trial answer", async () => {
    const answering = scripted("a", [text("Hi"), usage(), STOP]);
    const trial: Provider = {
      name: "a",
      dialect: "mock",
      isTrial: true,
      stream: (request, context) => answering.stream(request, context),
    };
    const world = createWorld([], { targets: [priced(trial)] });
    await world.start();
    assert.equal((await world.ended()).end.cost, undefined);
  });

  test("and no total where a part is not known", async () => {
    const silent = scripted("a", [text("Half"), { fail: { code: "cut", action: "fallback" } }]);
    const whole = scripted("b", [text("Half and half"), usage(), STOP]);
    const world = createWorld([], { targets: [priced(silent), priced(whole)], maxRetries: 0 });
    await world.start();
    const { end } = await world.ended();
    assert.deepEqual(
      [end.outcome, end.attempts.map(({ cost }) => cost?.amount), end.cost],
      ["completed", [undefined, 2], undefined],
    );
  });
});

test("tableCost() is unknown where more than tokens of text at ordinary prices is paid for", () => {
  const target = priced(scripted("a"));
  const report = { usage: { inputTokens: 1_000_000, outputTokens: 0 }, modelReported: undefined };
  const amount = (parameters: Record<string, unknown>, type = "text") => {
    const messages = [{ role: "user" as const, content: [{ type }] }];
    return tableCost(target, { messages, parameters }, report)?.amount;
  };
  const functions = [{ type: "function", function: { name: "f" } }, { name: "of_another_dialect" }, { type: "custom" }];
  assert.equal(amount({}), 1);
  assert.equal(amount({ service_tier: "default", tools: functions, modalities: ["text"], speed: "standard" }), 1);
  for (const parameters of [
    { service_tier: "priority" },
    { service_tier: "flex" },
    { speed: "fast" },
    { tools: [...functions, { type: "web_search_20250305", name: "web_search" }] },
    { web_search_options: {} },
    { modalities: ["text", "audio"] },
  ]) {
    assert.equal(amount(parameters), undefined, JSON.stringify(parameters));
  }
  assert.equal(amount({}, "input_audio"), undefined);
});

test("totalCost() passes over what cost nothing: a refusal, a trial answer", () => {
  const attempt: AttemptSummary = { attempt: 1, provider: "p", model: "m", why: "first", from: 0, to: 0 };
  const paid: AttemptSummary = {
    ...attempt,
    outcome: "completed",
    cost: { amount: 1, currency: "USD", source: "table" },
  };
  const failed = (failureCode: string): AttemptSummary => ({ ...attempt, outcome: "failed", failureCode });
  const total = (...others: AttemptSummary[]) => totalCost([...others, paid])?.amount;
  assert.equal(total(failed("rate-limit"), failed("connect-timeout")), 1);
  assert.equal(total({ ...attempt, outcome: "completed", trial: true }), 1);
  assert.equal(total(paid), 2);
  assert.equal(total(failed("first-token-timeout")), undefined);
  assert.equal(total({ ...attempt, outcome: "cancelled", failureCode: "cancelled" }), undefined);
  assert.equal(total({ ...failed("rate-limit"), usage: { inputTokens: 5 } }), undefined);
  assert.equal(total({ ...failed("network"), to: 4 }), undefined);
});
