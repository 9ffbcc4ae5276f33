import type { FinishReason } from "@cogniforge/core/events";
import { expect, test } from "vitest";
import { anthropicUsage, stopReasonOf } from "./vocabulary.ts";

test.each<[FinishReason | undefined, boolean, string[], string, string | null]>([
  [{ unified: "stop", raw: "stop" }, false, [], "end_turn", null],
  [{ unified: "stop", raw: "stop" }, true, [], "tool_use", null],
  [{ unified: "tool-calls" }, true, [], "tool_use", null],
  [{ unified: "length" }, true, [], "max_tokens", null],
  [{ unified: "content-filter" }, false, [], "refusal", null],
  [{ unified: "stop", raw: "stop_sequence" }, false, ["END"], "stop_sequence", "END"],
  [{ unified: "stop", raw: "stop_sequence" }, false, ["A", "B"], "stop_sequence", null],
  [{ unified: "length", raw: "model_context_window_exceeded" }, false, [], "model_context_window_exceeded", null],
  [{ unified: "other", raw: "pause_turn" }, false, [], "pause_turn", null],
  [undefined, false, [], "end_turn", null],
])(
  "stopReasonOf(%j) with calls %s and sequences %j is '%s', '%s'",
  (finishReason, hasToolCalls, stopSequences, reason, sequence) => {
    const told = stopReasonOf({ finishReason }, { hasToolCalls, hasRefused: false, stopSequences });
    expect(told).toEqual({ stop_reason: reason, stop_sequence: sequence });
  },
);

test("anthropicUsage() counts what came from a cache beside the input", () => {
  expect(anthropicUsage({ inputTokens: 100, cachedInputTokens: 60, outputTokens: 5 })).toEqual({
    input_tokens: 40,
    cache_creation_input_tokens: null,
    cache_read_input_tokens: 60,
    output_tokens: 5,
  });
});
