import type { FinishReason } from "../../events/mod.ts";
import type { UpstreamFailure } from "../../failures/mod.ts";

/**
 * The words of Vertex's enum by their numbers, which its clients over gRPC write into JSON. Google's other API numbers some of
 * them otherwise, but never writes numbers.
 *
 * @see https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse
 */
const WORDS_BY_NUMBER: readonly string[] = [
  ...["FINISH_REASON_UNSPECIFIED", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER", "BLOCKLIST"],
  ...["PROHIBITED_CONTENT", "SPII", "MALFORMED_FUNCTION_CALL", "MODEL_ARMOR", "IMAGE_SAFETY"],
  ...["IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "IMAGE_OTHER", "UNEXPECTED_TOOL_CALL", "NO_IMAGE"],
];

const UNIFIED: Readonly<Record<string, FinishReason["unified"]>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content-filter",
  RECITATION: "content-filter",
  BLOCKLIST: "content-filter",
  PROHIBITED_CONTENT: "content-filter",
  SPII: "content-filter",
  MODEL_ARMOR: "content-filter",
  IMAGE_SAFETY: "content-filter",
  IMAGE_PROHIBITED_CONTENT: "content-filter",
  IMAGE_RECITATION: "content-filter",
};

/** What went wrong where a finish reason is a failure: nothing that the model said after it may be used. */
const FAILURES: Readonly<Record<string, Pick<UpstreamFailure, "code" | "action">>> = {
  MALFORMED_FUNCTION_CALL: { code: "invalid-tool-call", action: "retry" },
  MALFORMED_RESPONSE: { code: "malformed", action: "retry" },
  // The conversation lacks what this model alone wants back; another provider does not.
  MISSING_THOUGHT_SIGNATURE: { code: "invalid-request", action: "fallback" },
};

/** The word of a finish reason, given as a word or a number; `undefined` where it says that the model goes on. */
export function finishWord(value: unknown): string | undefined {
  const word = typeof value === "number" ? (WORDS_BY_NUMBER[value] ?? String(value)) : value;
  return typeof word === "string" && word !== "" && word !== "FINISH_REASON_UNSPECIFIED" ? word : undefined;
}

/** Maps a word; one that nobody knows is `other`. */
export function toFinishReason(word: string): FinishReason {
  return { unified: UNIFIED[word.toUpperCase()] ?? "other", raw: word };
}

/** The failure that a word stands for, with the upstream's own explanation beside it. */
export function failureOfFinishReason(word: string, message: string | undefined): UpstreamFailure | undefined {
  const failure = FAILURES[word.toUpperCase()];
  if (failure === undefined) return undefined;
  const detail = `finish reason '${word}'${message === undefined ? "" : `: ${message}`}`.slice(0, 200);
  return { ...failure, detail };
}

/**
 * Whether the calls that came before a finish reason may be run: not those of a model that was given no tools or was stopped for
 * calling too many, and not those of an answer that a filter has judged.
 */
export function mayRunCalls({ unified, raw }: FinishReason): boolean {
  return unified !== "content-filter" && raw !== "UNEXPECTED_TOOL_CALL" && raw !== "TOO_MANY_TOOL_CALLS";
}
