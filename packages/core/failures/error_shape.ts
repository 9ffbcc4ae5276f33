/**
 * What an upstream's error says, whatever its shape: OpenAI, Azure, OpenRouter, Anthropic, Gemini (also as an array),
 * Mistral, xAI, Ollama, vLLM, Bedrock, Cloudflare and their kin.
 */
export interface ErrorShape {
  /** HTTP status of 400 or more where there was one, else the status that the body states. */
  status: number | undefined;
  /** Every machine-readable word (code, type, reason, …) in snake case: `RateLimitReached` is `rate_limit_reached`. */
  words: ReadonlySet<string>;
  /** Every text for people, outermost first. Empty for HTML and plain text, which never change the class. */
  text: string;
  /** What OpenRouter and a few others say about asking again. */
  isRetryable: boolean | undefined;
}

/** Keys under which providers put a word, a status, a text, or a further object that describes the same error. */
const WORD_KEYS = [
  ...["code", "type", "status", "error_type", "error_code", "reason", "limit_source", "quotaId", "status_code"],
  ...["blockReason", "__type", "finish_reason", "finishReason", "Code", "errorcode"],
];
const STATUS_KEYS = ["code", "status", "http_status", "status_code", "raw_status_code", "statusCode", "http_code"];
const TEXT_KEYS = [
  ...["message", "detail", "title", "msg", "error", "errors", "raw", "quotaId", "blockReasonMessage"],
  // MiniMax, Baidu, AWS, Apigee.
  ...["status_msg", "error_msg", "errorMessage", "Message", "faultstring"],
];
const NESTED_KEYS = [
  ...["error", "response", "message", "detail", "errors", "details", "metadata", "raw", "innererror"],
  ...["availability", "violations", "promptFeedback", "base_resp", "Error", "fault"],
];
const MAX_OBJECTS = 40;

/** A message may quote the whole question: what it says of itself stands at its beginning. */
const MAX_TEXT_LENGTH = 4000;

/**
 * Reads an error out of a parsed body, event or `error` member.
 *
 * @param httpStatus Status of the answer; one below 400 gives way to the status that the body states.
 * @param headers Headers of the answer, where one of them names the error.
 */
export function readErrorShape(error: unknown, httpStatus?: number, headers?: Headers): ErrorShape {
  const words = new Set<string>();
  // AWS names the error in a header: "ThrottlingException:http://…".
  const named = headers?.get("x-amzn-errortype")?.split(":")[0];
  if (named) words.add(snakeCase(named.trim()));
  const texts = new Set<string>();
  let stated: number | undefined;
  let isRetryable: boolean | undefined;

  if (typeof error === "string") texts.add(error.slice(0, MAX_TEXT_LENGTH));
  for (const object of describingObjects(error)) {
    for (const key of WORD_KEYS) {
      const word = object[key];
      if (typeof word === "string" || typeof word === "number") words.add(snakeCase(String(word)));
    }
    for (const key of STATUS_KEYS) stated ??= statusIn(object[key]);
    for (const key of TEXT_KEYS) {
      const said = object[key];
      // Cloudflare's and others' lists hold texts, too.
      for (const text of Array.isArray(said) ? said.slice(0, MAX_OBJECTS) : [said]) {
        if (typeof text === "string") texts.add(text.slice(0, MAX_TEXT_LENGTH));
      }
    }
    if (typeof object.retryable === "boolean") isRetryable ??= object.retryable;
    // OpenRouter reports moderation by these two lists alone.
    if (Array.isArray(object.reasons) && "flagged_input" in object) words.add("flagged_input");
    if ("blockReason" in object) words.add("prompt_blocked");
  }
  const status = httpStatus !== undefined && httpStatus >= 300 ? httpStatus : stated;
  return { status, words, text: [...texts].join("\n"), isRetryable };
}

/** The objects that describe one error, outermost first, so that the outermost status wins. */
export function* describingObjects(error: unknown): Generator<Record<string, unknown>> {
  const queue: unknown[] = [error];
  for (let at = 0; at < queue.length && at < MAX_OBJECTS; at++) {
    const value = unpack(queue[at]);
    if (Array.isArray(value)) queue.push(...value.slice(0, MAX_OBJECTS));
    if (!isObject(value)) continue;
    yield value;
    for (const key of NESTED_KEYS) if (value[key] !== undefined) queue.push(value[key]);
  }
}

/** Gateways pass an inner error on as a string of JSON (`metadata.raw`, `error`). */
function unpack(value: unknown): unknown {
  return typeof value === "string" && /^\s*[{[]/.test(value) ? (parseJson(value) ?? value) : value;
}

/** The parsed JSON, or undefined where the text is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function statusIn(value: unknown): number | undefined {
  const status = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === "number" && status >= 400 && status < 600 ? status : undefined;
}

function snakeCase(word: string): string {
  return word
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
}
