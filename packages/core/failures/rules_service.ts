import type { ErrorShape } from "./error_shape.ts";
import { anyOf, isBetween, isServerStatus, type Rule } from "./rule.ts";

/** Errors about the service: what it can take and do, and how it is. What the status alone says stands at the end of each kind. */
export const SERVICE_RULES: readonly Rule[] = [
  {
    // Groq answers 413 with `rate_limit_exceeded` when one request is above the limit per minute: waiting never helps.
    code: "request-too-large",
    action: "fallback",
    words: ["request_too_large", "payload_too_large", "string_above_max_length", "tokens_limit_reached"],
    says: anyOf(
      "request too large|request (entity|body) (is )?too large|exceeds the maximum (request )?size",
      "image exceeds [\\d.]+ ?MB|maximum of \\d+ (pdf pages|images)", // Anthropic
    ),
    statuses: [413, 414, 431],
  },
  {
    code: "request-too-large",
    action: "fallback",
    says: /limit [\d,]+, .*requested [\d,]+/i,
    only: asksForMoreThanTheLimit,
  },
  {
    code: "model-not-found",
    action: "fallback",
    words: [
      ...[
        "model_not_found",
        "not_found_error",
        "deployment_not_found",
        "invalid_model",
        "not_found",
        "model_not_supported",
      ],
      ...["model_not_available", "unknown_model", "resource_not_found_exception", "unavailable_model"],
      ...["unsupported_model", "model_decommissioned", "model_not_open", "resource_does_not_exist"], // Groq, Volcengine, Databricks
      ...["operation_not_supported", "model_disabled", "20012", "30003", "1211", "5007"], // Azure, SiliconFlow, Zhipu, Cloudflare
    ],
    wordsLike: /^invalid_endpoint_or_model/, // Volcengine
    says: anyOf(
      "is not a valid model id|\\bmodels?\\b.{0,120}?(not found|does not exist|is not supported for)|no endpoints found",
      "(invalid|no such|unknown|unavailable) model\\b|model identifier is invalid|模型不存在",
      "invocation of model id .{0,120} with on-demand throughput|reached the end of its life", // AWS
      "cannot be used with the chat completions api|version does not exist", // OpenAI, Replicate
    ),
    statuses: [404, 410],
    only: (error) => !isServerStatus(error.status),
  },
  {
    code: "invalid-tool-call",
    action: "retry",
    words: [
      ...["tool_use_failed", "json_validate_failed", "malformed_function_call", "unexpected_tool_call"],
      ...["function_call_filter_malformed_function_call", "function_call_filter_unexpected_tool_call"],
    ],
  },
  {
    // Some say under 429 that they have too much to do, which is nothing that this account does.
    code: "overloaded",
    action: "retry",
    words: [
      ...["engine_overloaded", "engine_overloaded_error", "server_overloaded", "overloaded", "no_capacity"],
      ...["queue_exceeded", "336100", "1312"], // Cerebras, Baidu, Zhipu
    ],
    says: /engine is currently overloaded|capacity temporarily exceeded|DEGRADED function|model (is )?busy, retry/i,
  },
  {
    code: "rate-limit",
    action: "retry",
    words: [
      ...["rate_limit_exceeded", "rate_limit_error", "rate_limit_reached", "rate_limit_reached_error", "rate_limited"],
      ...["slow_down", "resource_exhausted", "too_many_requests", "throttling_exception", "throttling", "3505"],
      ...["model_rate_limit", "request_limit_exceeded", "1302", "1305", "18", "336501", "336502"], // Together, Databricks, Zhipu, Baidu
    ],
    wordsLike: /rate_?limit_?exceeded$|^throttling_/,
    statuses: [429],
  },
  {
    code: "overloaded",
    action: "retry",
    words: [
      ...["overloaded_error", "overloaded", "server_is_overloaded", "unavailable", "service_unavailable"],
      ...["service_unavailable_error", "service_unavailable_exception", "provider_overloaded", "capacity_exceeded"],
      ...["capacity_exhausted", "insufficient_system_resource", "engine_overloaded", "engine_overloaded_error"],
      ...["model_not_ready_exception", "temporarily_unavailable"],
    ],
    statuses: [498, 503, 529],
  },
  {
    code: "upstream-timeout",
    action: "fallback",
    words: ["timeout_error", "deadline_exceeded", "timeout", "request_timeout", "model_timeout_exception"],
    statuses: [408, 504, 522, 524],
  },
  { code: "conflict", action: "retry", words: ["conflict_error", "conflict", "aborted"], statuses: [409] },
  { code: "dependency", action: "fallback", words: ["failed_dependency"], statuses: [424] },
  {
    code: "provider-forbidden",
    action: "fallback",
    words: ["permission_error", "permission_denied", "forbidden", "access_denied", "access_denied_exception"],
    statuses: [403, 407],
  },
  {
    // The upstream gave up the request that we did not: as good as a broken server.
    code: "server-error",
    action: "retry",
    words: ["cancelled", "canceled"],
    statuses: [499, 425],
  },
  {
    // What one provider lacks, another may have.
    code: "invalid-request",
    action: "fallback",
    words: [
      ...["unsupported_parameter", "unsupported_value", "unimplemented", "not_supported", "unsupported_feature"],
      ...["unknown_parameter", "extra_forbidden"],
    ],
    says: anyOf(
      // Gemini alone wants its signatures back, and a conversation that began elsewhere has none.
      "missing a thought_signature|thought signature is not valid",
      // Anthropic has one word for what is wrong and for what a model lacks.
      "does(n['’]t| not) (currently )?support|is deprecated for this model",
      // Tools, images, thinking, parameters: Ollama, vLLM, Mistral, Gemini, xAI, Cohere, Bedrock.
      "(is|are|was)(n't| not) (currently )?(supported|enabled)|argument not supported|(is|are) unsupported",
      "(is|are) only (supported|available)|requires --|is not a multimodal model|missing data required for image",
      "unsupported (mime type|content|parameter|value)|UnsupportedParamsError",
      "(unknown|unrecognized|unexpected) (name|parameter|field|request argument|keyword argument)",
      "extra inputs are not permitted|maximum allowed number of output tokens|supports at most|at most \\d+ (image|video|audio)",
    ),
    only: (error) => !isServerStatus(error.status),
  },
  {
    // The address does not speak this dialect, which is a matter of the target and not of the question.
    code: "model-not-found",
    action: "fallback",
    words: ["method_not_allowed"],
    statuses: [405, 406, 415, 421, 426, 501, 505],
  },
  {
    code: "invalid-request",
    action: "tell",
    words: [
      ...["invalid_request_error", "invalid_argument", "bad_request", "bad_request_error", "failed_precondition"],
      ...["out_of_range", "unprocessable_entity", "validation_exception", "invalid_request"],
    ],
    statuses: [400, 422],
    only: (error) => !isServerStatus(error.status),
  },
  { code: "invalid-request", action: "tell", only: (error) => isBetween(error.status, 400, 499) },
  { code: "malformed", action: "fallback", only: (error) => isBetween(error.status, 300, 399) },
];

/** OpenAI: "Limit 30000, Requested 342389" can never pass, "Limit 30000, Used 29500, Requested 3766" can. */
function asksForMoreThanTheLimit(error: ErrorShape): boolean {
  const found = /limit ([\d,]+), .*?requested ([\d,]+)/i.exec(error.text);
  const [limit, requested] = [found?.[1], found?.[2]].map((digits) => Number(digits?.replaceAll(",", "")));
  return requested !== undefined && limit !== undefined && requested > limit;
}
