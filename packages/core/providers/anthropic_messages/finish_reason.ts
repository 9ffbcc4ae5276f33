import type { FinishReason } from "../../events/mod.ts";
import type { UpstreamFailure } from "../../failures/mod.ts";
import { lookUp } from "../_json.ts";

/** Anthropic's words, Bedrock's, and those of OpenAI, which gateways leave untranslated. */
const UNIFIED: Readonly<Record<string, FinishReason["unified"]>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  stop: "stop",
  eos: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  length: "length",
  max_output_tokens: "length",
  tool_use: "tool-calls",
  tool_calls: "tool-calls",
  function_call: "tool-calls",
  refusal: "content-filter",
  content_filter: "content-filter",
  content_filtered: "content-filter",
  guardrail_intervened: "content-filter",
  safety: "content-filter",
  sensitive: "content-filter", // Z.AI
};

/** Maps a provider's word. Those that ask for another turn (`pause_turn`, `compaction`) and those that nobody knows are `other`. */
export function toFinishReason(raw: string): FinishReason {
  return { unified: lookUp(UNIFIED, raw.toLowerCase()) ?? "other", raw };
}

/** The failure that some gateways report as a reason to stop. */
export function failureOfStopReason(raw: string): UpstreamFailure | undefined {
  if (raw !== "error" && raw !== "network_error") return undefined;
  return { code: "server-error", action: "retry", detail: `stop reason '${raw}'` };
}
