import type { AnswerEvent } from "@cogniforge/client";
import { beforeAll, expect, test, vi } from "vitest";
import { render } from "vitest-browser-svelte";
import "../../app.css";
import { overwriteGetLocale } from "#lib/paraglide/runtime.js";
import AnswerView from "./AnswerView.svelte";
import { LiveAnswer } from "./live_answer.svelte.ts";

beforeAll(() => overwriteGetLocale(() => "en"));

const timing = { firstTokenMs: 120, totalMs: 2400, deltas: 3, tokensPerSecond: 42 };
const START: AnswerEvent = {
  type: "answer-start",
  seq: 1,
  at: 1000,
  version: 1,
  answerId: "answer-00000001",
  route: "default",
  policy: {
    targets: [{ provider: "gateway", model: "m" }],
    timeouts: { connectMs: 1, firstTokenMs: 1, idleMs: 1, totalMs: 1 },
    maxRetries: 0,
    onCut: "continue",
  },
};
const attempt = (seq: number, number: number, provider: string): AnswerEvent => ({
  type: "attempt-start",
  seq,
  at: 1000,
  attempt: number,
  provider,
  model: "m",
  why: number === 1 ? "first" : "fallback",
  offset: 0,
});
const text = (seq: number, offset: number, words: string): AnswerEvent => ({
  type: "text-delta",
  seq,
  at: 1100 + seq,
  attempt: 2,
  offset,
  text: words,
});
const refusal = {
  code: "network",
  message: { en: "Connection refused", ar: "رُفض الاتصال" },
  remedy: { en: "Check the address", ar: "تحقق من العنوان" },
};

/** An answer whose events are handed over one by one. */
function staged() {
  const queue: AnswerEvent[] = [];
  let wake = () => {};
  const api = {
    async *watch(_id: string, { signal }: { signal: AbortSignal }) {
      while (!signal.aborted) {
        const event = queue.shift();
        if (event === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        yield event;
        if (event.type === "answer-end") return;
      }
    },
    cancel: async () => true,
    timeline: () => Promise.reject(new Error("Nothing of it was missed")),
  };
  const answer = new LiveAnswer({ id: "answer-00000001", api });
  void answer.watch();
  const say = (...events: AnswerEvent[]) => {
    queue.push(...events);
    wake();
  };
  return { answer, say };
}

test("AnswerView shows setbacks as information, then the text, then the measures", async () => {
  const { answer, say } = staged();
  const { container } = await render(AnswerView, { answer, onRetry: () => {} });
  say(START, attempt(2, 1, "gateway"));
  await vi.waitFor(() => expect(container.textContent).toContain("Asking gateway · m…"));
  const next = { action: "fallback" as const, provider: "backup", model: "m", waitMs: 0 };
  say({ type: "attempt-end", seq: 3, at: 1050, attempt: 1, outcome: "failed", failure: refusal, timing, next });
  await vi.waitFor(() => expect(container.querySelector("summary")?.textContent).toContain("trying backup · m"));
  expect(container.querySelector("[role=alert]")).toBeNull();

  say(attempt(4, 2, "backup"), text(5, 0, "Hello "), text(6, 6, "**world**"));
  await vi.waitFor(() => expect(container.querySelector(".markdown")?.textContent).toBe("Hello world"));
  say({
    type: "answer-end",
    seq: 7,
    at: 3400,
    outcome: "completed",
    length: 15,
    sha256: "",
    provider: "backup",
    model: "m",
    usage: { inputTokens: 10, outputTokens: 5 },
    attempts: [...answer.state.attempts],
    timing,
  });
  await vi.waitFor(() => expect(container.querySelector("footer")?.textContent).toContain("42 tok/s"));
  expect(container.querySelector("[data-measure=tokens] dd")?.textContent).toBe("15");
  expect(container.querySelector("[data-measure=attempts] dd")?.textContent).toBe("2");
});

test("AnswerView keeps what stands above the text where it is while the text grows", async () => {
  const { answer, say } = staged();
  const { container } = await render(AnswerView, { answer, onRetry: () => {} });
  say(START, attempt(2, 2, "backup"));
  await vi.waitFor(() => expect(container.querySelector(".waiting")).not.toBeNull());
  const top = container.querySelector(".waiting")?.getBoundingClientRect().top;
  say(text(3, 0, "First"));
  await vi.waitFor(() => expect(container.querySelector(".markdown p")).not.toBeNull());
  const first = container.querySelector(".markdown p");
  expect(first?.getBoundingClientRect().top).toBeCloseTo(top ?? 0, 0);
  say(text(4, 5, "\n\nSecond\n\nThird"));
  await vi.waitFor(() => expect(container.querySelectorAll(".markdown p")).toHaveLength(3));
  expect(container.querySelector(".markdown p")).toBe(first);
  expect(first?.getBoundingClientRect().top).toBeCloseTo(top ?? 0, 0);
});

test("AnswerView shows a failed answer with its remedy and asks again", async () => {
  const { answer, say } = staged();
  const onRetry = vi.fn();
  const { container } = await render(AnswerView, { answer, onRetry });
  const end = { outcome: "failed" as const, length: 0, sha256: "", attempts: [], timing, failure: refusal };
  say(START, { type: "answer-end", seq: 2, at: 1200, ...end });
  await vi.waitFor(() => expect(container.querySelector("[role=alert]")?.textContent).toContain("Check the address"));
  container.querySelector<HTMLButtonElement>("[role=alert] button")?.click();
  expect(onRetry).toHaveBeenCalledOnce();
});
