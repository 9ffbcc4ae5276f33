import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UpstreamError, type UpstreamFailure } from "../failures/mod.ts";
import type { Provider, ProviderContext, ProviderPart, ProviderRequest } from "../providers/mod.ts";
import { systemClock } from "../resilience/mod.ts";
import { createWorld, STOP, scripted, TIMEOUTS, text } from "./_world.ts";

const ANSWER =
  "Paris is the capital of France. It lies on the Seine, and it has been the country's largest city for centuries.\n\n" +
  '```sh\necho "bonjour"\n```\n\nSo much for Paris 🇫🇷, its museums and its very, very old bridges.';

type Behaviour = "exact" | "restart" | "overlap" | "announces" | "other" | "stops";

/** A model that knows its whole answer, dies after some characters, and goes on in one of the ways that models have. */
class ForgetfulModel implements Provider {
  readonly name: string;
  readonly dialect = "scripted";
  readonly isTrial = false;
  readonly requests: ProviderRequest[] = [];
  readonly #options: { cutAfter: readonly number[]; behaviour: Behaviour; prefill: "accepted" | "refused" | "none" };

  constructor(
    name: string,
    options: { cutAfter: readonly number[]; behaviour: Behaviour; prefill?: "accepted" | "refused" },
  ) {
    this.name = name;
    this.#options = { prefill: "none" as const, ...options };
  }

  acceptsPrefill(): boolean {
    return this.#options.prefill !== "none";
  }

  async *stream(request: ProviderRequest, { signal }: ProviderContext): AsyncGenerator<ProviderPart[]> {
    const cut = this.#options.cutAfter[this.requests.length] ?? Number.POSITIVE_INFINITY;
    this.requests.push(request);
    if (request.prefill !== undefined && this.#options.prefill === "refused") {
      throw new UpstreamError({ code: "invalid-request", action: "tell", status: 400 } satisfies UpstreamFailure);
    }
    const said = this.#say(request);
    for (let at = 0; at < Math.min(said.length, cut); at += 5) {
      signal.throwIfAborted();
      yield [{ type: "text", text: said.slice(at, Math.min(at + 5, cut)) }];
    }
    if (said.length <= cut) yield [{ type: "finish", reason: { unified: "stop" } }];
  }

  #say({ prefill, messages }: ProviderRequest): string {
    const known = prefill ?? messages.findLast(({ role }) => role === "assistant")?.content;
    if (typeof known !== "string") return ANSWER;
    const rest = ANSWER.slice(known.length);
    switch (this.#options.behaviour) {
      case "exact":
        return rest;
      case "restart":
        return ANSWER;
      case "stops":
        return "";
      case "overlap":
        return known.slice(-20).trimStart() + rest;
      case "announces":
        return `Sure, let me continue:\n\n${rest.trimStart()}`;
      case "other":
        return "Something else entirely, which nobody has asked for in any way, but which is what came out in the end.";
    }
  }
}

describe("Engine goes on after a cut", () => {
  for (const behaviour of ["exact", "restart", "overlap", "announces"] as const) {
    for (const prefill of [undefined, "accepted", "refused"] as const) {
      test(`with a model that goes on in the way '${behaviour}', prefill ${prefill ?? "unknown"}`, async () => {
        for (const cut of [3, 20, 41, 77, 120, 131, 150, 190]) {
          const model = new ForgetfulModel("a", {
            cutAfter: [cut],
            behaviour,
            ...(prefill && { prefill }),
          });
          const world = createWorld([model], { engine: { clock: systemClock, random: () => 0 } });
          await world.start();
          const state = await world.ended();
          assert.equal(state.text, ANSWER, `cut at ${cut}`);
          assert.equal(state.end.outcome, "completed");
          assert.equal(state.end.failure, undefined);
          assert.equal(state.attempts.at(-1)?.why, "continuation");
          assert.equal(state.attempts.at(-1)?.seam?.isVerified, true);
        }
      });
    }
  }

  test("through three cuts over as many targets, and tells who wrote which range", async () => {
    const cutAfter = { a: [90], b: [95], c: [110], d: [] };
    const models = Object.entries(cutAfter).map(
      ([name, cuts]) => new ForgetfulModel(name, { cutAfter: cuts, behaviour: "exact" }),
    );
    const world = createWorld(models, { engine: { clock: systemClock, random: () => 0 }, maxRetries: 0 });
    await world.start();
    const { text: whole, end } = await world.ended();
    assert.equal(whole, ANSWER);
    let at = 0;
    for (const { from, to } of end.attempts) {
      assert.equal(from, at);
      at = to;
    }
    assert.equal(at, ANSWER.length);
    assert.deepEqual([...new Set(end.attempts.map(({ provider }) => provider))], ["a", "b", "c", "d"]);
  });

  test("takes nothing back where the wording differs, and marks the seam", async () => {
    const model = new ForgetfulModel("a", { cutAfter: [100], behaviour: "other" });
    const world = createWorld([model], { engine: { clock: systemClock, random: () => 0 } });
    await world.start();
    const { text: whole, end } = await world.ended();
    assert.ok(whole.startsWith(ANSWER.slice(0, 100)));
    assert.equal(end.outcome, "completed");
    assert.equal(end.attempts.at(-1)?.seam?.isVerified, false);
  });

  test("a refused prefill is remembered by the engine, and the next rung is tried on the same target", async () => {
    const model = new ForgetfulModel("a", { cutAfter: [100], behaviour: "exact", prefill: "refused" });
    const world = createWorld([model], { engine: { clock: systemClock, random: () => 0 } });
    await world.start();
    const { end } = await world.ended();
    assert.deepEqual(
      end.attempts.map(({ why, provider, failureCode }) => [why, provider, failureCode]),
      [
        ["first", "a", "cut"],
        ["continuation", "a", "invalid-request"],
        ["continuation", "a", undefined],
      ],
    );
    assert.equal(model.requests[1]?.prefill === undefined, false);
    assert.equal(model.requests[2]?.prefill, undefined);
  });

  test("with a model that takes what it is handed for a finished message, by asking it in other ways", async () => {
    for (const prefill of ["accepted", undefined] as const) {
      const model = new ForgetfulModel("a", { cutAfter: [100], behaviour: "stops", ...(prefill && { prefill }) });
      const world = createWorld([model], { engine: { clock: systemClock, random: () => 0 } });
      await world.start();
      const { text: whole, end } = await world.ended();
      assert.equal(whole, ANSWER);
      assert.equal(end.outcome, "completed");
      assert.equal(model.requests.at(-1)?.messages.length, 1, "asked for the whole anew");
    }
  });

  test("in the answer's own language", async () => {
    const arabic = "باريس هي عاصمة فرنسا وأكبر مدنها، وتقع على ضفاف نهر السين منذ قرون طويلة جدًا";
    const first = scripted("a", [text(arabic), { cut: true }]);
    const second = scripted("b", [text("إلى يومنا هذا."), STOP]);
    const world = createWorld([first, second], { maxRetries: 0 });
    await world.start();
    await world.ended();
    const request = second.calls[0]?.request.messages.at(-1)?.content;
    assert.match(String(request), /انقطعت رسالتك/);
  });

  test("not where the route says to fail: the partial text is kept and the failure told", async () => {
    const world = createWorld([new ForgetfulModel("a", { cutAfter: [50], behaviour: "exact" })], { onCut: "fail" });
    await world.start();
    const { text: whole, end } = await world.ended();
    assert.equal(whole, ANSWER.slice(0, 50));
    assert.equal(end.outcome, "failed");
    assert.equal(end.failure?.code, "cut");
  });

  test("after a stall, on another target, never on the one that fell silent", async () => {
    const silent = scripted("a", [text(ANSWER.slice(0, 60)), { hang: true }]);
    const world = createWorld([silent, new ForgetfulModel("b", { cutAfter: [], behaviour: "exact" })]);
    const isStreaming = world.clock.whenSet(TIMEOUTS.firstTokenMs);
    await world.start();
    await isStreaming;
    for await (const batch of world.journal.follow("answer-under-test", { after: 2 })) if (batch.length > 0) break;
    world.clock.advance(TIMEOUTS.idleMs);
    const { text: whole, end } = await world.ended();
    assert.equal(whole, ANSWER);
    assert.equal(end.attempts[0]?.failureCode, "stall");
    assert.equal(silent.calls.length, 1);
  });

  test("a delivered tool call is never repeated", async () => {
    const call = (id: string) => ({
      parts: [{ type: "tool-call", index: 0, id, name: "weather", arguments: '{"city":"Paris"}' } as const],
    });
    const first = scripted("a", [call("call-1"), { cut: true }]);
    const second = scripted("b", [call("call-2"), { parts: [{ type: "finish", reason: { unified: "tool-calls" } }] }]);
    const world = createWorld([first, second], { maxRetries: 0 });
    await world.start();
    const { toolCalls, end } = await world.ended();
    assert.deepEqual(
      toolCalls.map(({ id }) => id),
      ["call-1"],
    );
    assert.equal(end.outcome, "completed");
    assert.equal(end.finishReason?.unified, "tool-calls");
  });
});

describe("Engine goes on past a ceiling of tokens", () => {
  const LENGTH = { parts: [{ type: "finish", reason: { unified: "length" } } as const] };
  const scripts = () =>
    scripted(
      "a",
      [text(ANSWER.slice(0, 100)), LENGTH],
      [text(ANSWER.slice(50, 150)), LENGTH],
      [text(ANSWER.slice(98)), STOP],
    );

  test("where the route says so, until the model stops by itself", async () => {
    const world = createWorld([scripts()], { goesPastLength: true });
    await world.start();
    const { text: whole, end } = await world.ended();
    assert.equal(whole, ANSWER);
    assert.equal(end.finishReason?.unified, "stop");
    assert.equal(end.attempts.length, 3);
  });

  test("and ends there after all where going on fails", async () => {
    const failing = scripted(
      "a",
      [text(ANSWER.slice(0, 100)), LENGTH],
      [{ fail: { code: "provider-auth", action: "fallback" } }],
    );
    const world = createWorld([failing], { goesPastLength: true });
    await world.start();
    const { text: whole, end } = await world.ended();
    assert.equal(whole, ANSWER.slice(0, 100));
    assert.equal(end.outcome, "completed");
    assert.equal(end.finishReason?.unified, "length");
    assert.equal(end.failure, undefined);
  });

  test("not by default", async () => {
    const provider = scripts();
    const world = createWorld([provider]);
    await world.start();
    assert.equal((await world.ended()).end.finishReason?.unified, "length");
    assert.equal(provider.calls.length, 1);
  });
});

describe("Engine goes on with JSON", () => {
  const JSON_ANSWER = JSON.stringify({
    name: "Paris",
    rivers: ["Seine"],
    population: 2_100_000,
    museums: ["Louvre", "Orsay"],
  });
  const ask = { parameters: { response_format: { type: "json_object" } } };

  test("only in the very same words", async () => {
    const first = scripted("a", [text(JSON_ANSWER.slice(0, 40)), { cut: true }]);
    const other = scripted("b", [
      text('{"other":"wording, quite long, so that it is told apart from a repetition"}'),
      STOP,
    ]);
    const same = scripted("c", [text(JSON_ANSWER), STOP]);
    const world = createWorld([first, other, same], { maxRetries: 0 });
    await world.start(ask);
    const { text: whole, end } = await world.ended();
    assert.deepEqual(JSON.parse(whole), JSON.parse(JSON_ANSWER));
    assert.equal(end.provider, "c");
    assert.equal(same.calls[0]?.request.messages.length, 1);
  });

  test("not from a text that is no beginning of JSON", async () => {
    const world = createWorld([
      scripted("a", [text("Here you are: {"), { cut: true }]),
      scripted("b", [text("{}"), STOP]),
    ]);
    await world.start(ask);
    assert.equal((await world.ended()).end.outcome, "failed");
  });
});

describe("Engine.recover() goes on from the text that readers have", () => {
  test("and ends the answer as it would have ended", async () => {
    const model = new ForgetfulModel("a", { cutAfter: [], behaviour: "exact" });
    const dying = createWorld([scripted("a", [text(ANSWER.slice(0, 88)), { hang: true }])], {
      engine: { holder: "dead" },
    });
    await dying.start();
    for await (const batch of dying.journal.follow("answer-under-test", { after: 2 })) if (batch.length > 0) break;
    const closed = dying.engine.close(0);
    dying.clock.advance(0);
    await closed;
    const world = createWorld([model], { engine: { journal: dying.journal, clock: dying.clock } });
    assert.equal(await world.engine.recover(), 1);
    const { text: whole, attempts, end } = await world.ended();
    assert.equal(whole, ANSWER);
    assert.equal(end.outcome, "completed");
    assert.deepEqual(
      attempts.map(({ why }) => why),
      ["first", "recovery"],
    );
  });

  test("and measures the whole answer, the dead holder's part and the gap included", async () => {
    const wait = Promise.withResolvers<void>();
    const dying = createWorld(
      [scripted("a", [text(ANSWER.slice(0, 40)), { gate: wait.promise }, text(ANSWER.slice(40, 88)), { hang: true }])],
      {
        engine: { holder: "dead" },
      },
    );
    const isAsked = dying.clock.whenSet(TIMEOUTS.firstTokenMs);
    await dying.start();
    await isAsked;
    for await (const batch of dying.journal.follow("answer-under-test", { after: 2 })) if (batch.length > 0) break;
    dying.clock.advance(700);
    wait.resolve();
    for await (const batch of dying.journal.follow("answer-under-test", { after: 3 })) if (batch.length > 0) break;
    const closed = dying.engine.close(0);
    dying.clock.advance(0);
    await closed;
    dying.clock.advance(5_000);
    const model = new ForgetfulModel("a", { cutAfter: [], behaviour: "exact" });
    const world = createWorld([model], { engine: { journal: dying.journal, clock: dying.clock } });
    await world.engine.recover();
    const { end, attempts } = await world.ended();
    assert.equal(end.timing.totalMs, 5_700);
    assert.equal(end.timing.firstTokenMs, 0);
    assert.deepEqual(attempts[0]?.timing, {
      totalMs: 700,
      deltas: 2,
      firstTokenMs: 0,
      interTokenMs: { p50: 700, p95: 700, max: 700 },
    });
    assert.equal(attempts[1]?.seam?.freezeMs, 5_000);
  });
});
