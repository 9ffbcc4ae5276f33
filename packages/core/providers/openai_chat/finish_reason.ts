import type { FinishReason } from "../../events/mod.ts";
import type { UpstreamFailure } from "../../failures/mod.ts";
import { type JsonObject, lookUp } from "../_json.ts";

const UNIFIED: Readonly<Record<string, FinishReason["unified"]>> = {
  stop: "stop",
  eos: "stop", // Together
  eos_token: "stop", // Hugging Face
  end_turn: "stop",
  stop_sequence: "stop",
  complete: "stop",
  completed: "stop",
  length: "length",
  max_tokens: "length",
  max_output_tokens: "length",
  max_completion_tokens: "length",
  model_length: "length", // Mistral: the model's own window
  model_context_window_exceeded: "length",
  tool_calls: "tool-calls",
  tool_call: "tool-calls",
  tool_use: "tool-calls",
  function_call: "tool-calls",
  content_filter: "content-filter",
  content_filtered: "content-filter",
  refusal: "content-filter",
  safety: "content-filter",
  recitation: "content-filter",
  prohibited_content: "content-filter",
  blocklist: "content-filter",
  spii: "content-filter",
  model_armor: "content-filter",
  sensitive: "content-filter", // Zhipu
  guardrail_intervened: "content-filter", // Bedrock
};

/** What Python servers write where they mean nothing. */
const NOTHING: ReadonlySet<unknown> = new Set([undefined, null, false, "", "null", "None"]);

/** The word of a choice, as text; `undefined` where it says that the model goes on. */
export function finishWord({ finish_reason: own, finishReason: other }: JsonObject): string | undefined {
  const raw = own ?? other;
  if (NOTHING.has(raw)) return undefined;
  // A reason that is no word is one that nobody knows.
  return typeof raw === "object" ? JSON.stringify(raw) : String(raw);
}

/** Maps a provider's word. Words that nobody knows, and numbers, are `other`. */
export function toFinishReason(raw: string): FinishReason {
  const word = raw
    .toLowerCase()
    .replace(/^finishreason\./, "")
    .replaceAll("-", "_");
  return { unified: lookUp(UNIFIED, word) ?? "other", raw };
}

/** The failure that some providers report as a finish reason. */
export function failureOfFinishReason(raw: string): UpstreamFailure | undefined {
  const detail = `finish reason '${raw.slice(0, 100)}'`;
  // The second is Zhipu's.
  if (/^(error|network_error)$/i.test(raw)) return { code: "server-error", action: "retry", detail };
  // DeepSeek: the answer was interrupted by a shortage of the inference system.
  if (raw === "insufficient_system_resource") return { code: "overloaded", action: "retry", detail };
  // Gemini's endpoint in this dialect: the model wrote a call that cannot be run.
  if (/MALFORMED_FUNCTION_CALL|UNEXPECTED_TOOL_CALL/.test(raw)) {
    return { code: "invalid-tool-call", action: "retry", detail };
  }
  return undefined;
}
