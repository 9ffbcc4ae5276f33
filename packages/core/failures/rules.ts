import type { FailureCode } from "./codes.ts";
import type { ErrorShape } from "./error_shape.ts";
import type { FailureAction } from "./upstream_failure.ts";

/** One line of the table: any of the conditions is enough, unless `only` forbids it. */
export interface Rule {
  code: FailureCode;
  action: FailureAction;
  /** Machine-readable words in snake case. */
  words?: readonly string[];
  /** What the text for people says. */
  says?: RegExp;
  statuses?: readonly number[];
  /** A further condition which all of the above need. */
  only?: (error: ErrorShape) => boolean;
}

/**
 * The table, most specific first: what a body says outweighs its status, since a 429 can be an empty account
 * and a 400 a bad key; what the status alone says stands at the end of each kind.
 */
export const RULES: readonly Rule[] = [
  {
    code: "content-filter",
    action: "tell",
    words: [
      ...["content_filter", "content_policy_violation", "responsible_aipolicy_violation", "invalid_prompt"],
      ...["flagged_input", "prompt_blocked", "data_inspection_failed", "content_moderation", "safety_check_failed"],
    ],
    says: anyOf(
      "content management policy", // Azure
      "content[- ]policy violation|flagged by (our )?moderation",
      "blocked by (our )?content[- ]filter", // Anthropic, in the middle of an answer too
    ),
  },
  {
    code: "context-too-long",
    action: "fallback",
    words: [
      ...["context_length_exceeded", "exceed_context_size_error", "too_many_prompt_tokens", "context_window_exceeded"],
      ...["model_context_window_exceeded", "context_length_exceeded_error"],
    ],
    says: anyOf(
      "prompt (is )?too long", // Anthropic, Ollama
      "maximum (context|prompt) length", // OpenAI, DeepSeek, vLLM, Mistral, OpenRouter, xAI
      "input token count .{0,60}exceeds", // Gemini
      "input token count is [\\d,]+ but", // Vertex
      "exceeds? (the )?(model'?s )?(available |max(imum)? )?context", // Anthropic, llama.cpp
      "greater than the context length", // LM Studio
      "context (length|window) (is |was )?exceed", // MiniMax and others
      "input is too long|too many tokens: ", // Bedrock, Cohere
      "exceeded model token limit", // Moonshot
      "reduce the length of (the|your) (messages|prompt|input)", // Groq
      "`inputs` tokens \\+ `max_new_tokens` must be", // Hugging Face, Together
    ),
    // "Too many tokens" in a minute are not too many for the model.
    only: (error) => error.status !== 429,
  },
  {
    code: "unsupported-region",
    action: "fallback",
    words: ["unsupported_country_region_territory", "region_restricted"],
    says: /(user )?location is not supported|country, region, or territory not supported|not available in your country/i,
    statuses: [451],
  },
  {
    // OpenRouter holds back money for running requests: this 402 passes by itself.
    code: "rate-limit",
    action: "retry",
    words: ["openrouter_in_flight_budget"],
    says: /in-flight (spending )?budget/i,
  },
  {
    code: "insufficient-credit",
    action: "fallback",
    words: [
      ...["insufficient_quota", "credit_balance_exhausted", "project_spend_limit_exceeded", "billing_error"],
      ...["billing_hard_limit_reached", "billing_not_active", "insufficient_balance", "insufficient_credits"],
      ...["openrouter_key_limit", "exceeded_current_quota_error", "arrearage", "payment_required"],
    ],
    says: anyOf(
      "credit balance is too low", // Anthropic
      "insufficient (balance|credits?|funds)", // DeepSeek, Z.AI
      "requires more credits|key limit exceeded", // OpenRouter
      "have any credits", // xAI
      "monthly (included credits|spending limit)", // Hugging Face, Fireworks
    ),
    statuses: [402],
  },
  {
    code: "quota-exhausted",
    action: "fallback",
    words: ["enforced_spend_limit_reached"],
    says: anyOf(
      "per[- ]?(day|month)", // OpenRouter's free models, Gemini's `quotaId`, OpenAI, Groq, Cerebras
      "monthly usage limit", // Anthropic
      "daily (usage |request |token )?(limit|quota)",
      "calls ?/ ?(day|month)", // Cohere's trial keys
    ),
    only: isDailyLimit,
  },
  {
    // Anthropic says it with status 400, and when it ends.
    code: "quota-exhausted",
    action: "fallback",
    says: /reached your specified (api |workspace )*usage limits/i,
  },
  {
    code: "provider-auth",
    action: "fallback",
    words: [
      ...["invalid_api_key", "authentication_error", "api_key_invalid", "unauthenticated", "unauthorized"],
      ...[
        "invalid_authentication",
        "invalid_authentication_error",
        "missing_api_key",
        "expired_api_key",
        "token_expired",
      ],
    ],
    says: anyOf(
      "(incorrect|invalid|missing|expired|wrong) api[ -_]?key", // xAI, Perplexity, llama.cpp
      "api[ -_]?key (is )?(not valid|invalid|expired|missing|was reported as leaked)", // Gemini
      "unregistered callers", // Gemini without any key
      "invalid authentication",
    ),
    statuses: [401],
  },
  {
    // Groq answers 413 with `rate_limit_exceeded` when one request is above the limit per minute: waiting never helps.
    code: "request-too-large",
    action: "fallback",
    words: ["request_too_large", "payload_too_large", "string_above_max_length"],
    says: /request too large|request (entity|body) (is )?too large|exceeds the maximum (request )?size/i,
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
      ...["model_not_available", "unknown_model", "resource_not_found_exception"],
    ],
    says: /is not a valid model id|\bmodels?\b.{0,120}?(not found|does not exist|is not supported for)|no endpoints found/i,
    statuses: [404, 410],
    only: (error) => !isServerStatus(error.status),
  },
  {
    code: "invalid-tool-call",
    action: "retry",
    words: [
      ...["tool_use_failed", "malformed_function_call", "unexpected_tool_call"],
      ...["function_call_filter_malformed_function_call", "function_call_filter_unexpected_tool_call"],
    ],
  },
  {
    code: "rate-limit",
    action: "retry",
    words: [
      ...["rate_limit_exceeded", "rate_limit_error", "rate_limit_reached", "rate_limit_reached_error", "rate_limited"],
      ...["slow_down", "resource_exhausted", "too_many_requests", "throttling_exception", "throttling", "3505"],
    ],
    statuses: [429],
  },
  {
    code: "overloaded",
    action: "retry",
    words: [
      ...["overloaded_error", "overloaded", "server_is_overloaded", "unavailable", "service_unavailable"],
      ...["service_unavailable_error", "service_unavailable_exception", "provider_overloaded", "capacity_exceeded"],
      ...["capacity_exhausted", "insufficient_system_resource", "engine_overloaded", "engine_overloaded_error"],
      ...["model_not_ready_exception"],
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
    says: /organization has been disabled/i, // Anthropic, with status 400
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
    words: ["unsupported_parameter", "unsupported_value", "unimplemented", "not_supported", "unsupported_feature"],
    says: anyOf(
      // Gemini alone wants its signatures back, and a conversation that began elsewhere has none.
      "missing a thought_signature|thought signature is not valid",
      // Anthropic has one word for what is wrong and for what a model lacks.
      "does not support assistant message prefill|is (not supported|deprecated) for this model",
      "extra inputs are not permitted|maximum allowed number of output tokens",
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

/** What holds where no rule does: a broken server, which is tried once more. */
export const LAST_RULE: Rule = { code: "server-error", action: "retry" };

/** One pattern out of several phrases, each of which is enough. */
function anyOf(...phrases: readonly string[]): RegExp {
  return new RegExp(phrases.join("|"), "i");
}

/** The first rule that holds. */
export function findRule(error: ErrorShape, rules: readonly Rule[] = RULES): Rule {
  return rules.find((rule) => holds(rule, error)) ?? LAST_RULE;
}

function holds(rule: Rule, error: ErrorShape): boolean {
  if (rule.only && !rule.only(error)) return false;
  if (!rule.words && !rule.says && !rule.statuses) return true;
  return (
    (rule.words?.some((word) => error.words.has(word)) ?? false) ||
    (rule.says?.test(error.text) ?? false) ||
    (error.status !== undefined && (rule.statuses?.includes(error.status) ?? false))
  );
}

/** OpenRouter's limit per minute advertises "1000 requests per day"; a day's limit matters only where a limit was the trouble. */
function isDailyLimit(error: ErrorShape): boolean {
  const isLimit = error.status === undefined || error.status === 429 || error.status === 403;
  return isLimit && !/free-models-per-min/i.test(error.text);
}

/** OpenAI: "Limit 30000, Requested 342389" can never pass, "Limit 30000, Used 29500, Requested 3766" can. */
function asksForMoreThanTheLimit(error: ErrorShape): boolean {
  const found = /limit ([\d,]+), .*?requested ([\d,]+)/i.exec(error.text);
  const [limit, requested] = [found?.[1], found?.[2]].map((digits) => Number(digits?.replaceAll(",", "")));
  return requested !== undefined && limit !== undefined && requested > limit;
}

function isServerStatus(status: number | undefined): boolean {
  return isBetween(status, 500, 599);
}

function isBetween(status: number | undefined, low: number, high: number): boolean {
  return status !== undefined && status >= low && status <= high;
}
