import type { ErrorShape } from "./error_shape.ts";
import { anyOf, type Rule } from "./rule.ts";

/** Errors about the account: where it is, what it has paid, how much it may use, who it is. */
export const ACCOUNT_RULES: readonly Rule[] = [
  {
    code: "unsupported-region",
    action: "fallback",
    words: ["unsupported_country_region_territory", "region_restricted"],
    says: /(user )?location is not supported|country, region, or territory not supported|not available in your country|unavailable in your region/i,
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
      ...["insufficient_balance_error", "openrouter_key_limit", "exceeded_current_quota_error", "arrearage"],
      ...["payment_required", "budget_exceeded", "credit_limit", "billing_disabled", "not_enough_balance"],
      ...["account_overdue", "account_overdue_error", "customer_verification_required", "1113", "1008", "30001"],
    ],
    says: anyOf(
      "credit balance is too low|prepayment credits are depleted|spending cap", // Anthropic, Gemini
      "(insufficient|not enough) (account )?(balance|credits?|funds)|balance is insufficient|余额不足", // DeepSeek, Z.AI
      "requires more credits|key limit exceeded", // OpenRouter
      "have any credits|used all available credits", // xAI
      "monthly (included credits|spending limit)", // Hugging Face, Fireworks
      "overdue balance|in arrears|requires billing to be enabled|invalid_payment_instrument", // Volcengine, Baidu, Google, AWS
      "budget has been exceeded|requires a valid credit card", // LiteLLM, Vercel
    ),
    statuses: [402],
  },
  {
    code: "quota-exhausted",
    action: "fallback",
    words: ["enforced_spend_limit_reached"],
    says: anyOf(
      "per[- ]?(day|month)|ByDay\\b", // OpenRouter's free models, Gemini's `quotaId`, OpenAI, Groq, Cerebras, GitHub
      "(daily|weekly|monthly|hourly) ([a-z]+ )?(limit|quota|allocation)", // Anthropic, Ollama's cloud, Mistral, Cloudflare, Baidu
      "calls ?/ ?(day|month)", // Cohere's trial keys
      "call volume quota|free (trial )?quota|free tier of the model has been exhausted", // Azure's gateway, Volcengine, Alibaba
    ),
    only: isDailyLimit,
  },
  {
    // Anthropic says it with status 400, and when it ends.
    code: "quota-exhausted",
    action: "fallback",
    words: [
      ...["usage_limit_reached", "usage_not_included", "quota_exceeded", "token_quota_reached"], // ChatGPT, Copilot, watsonx
      ...["consumption_limit_reached", "service_quota_exceeded_exception", "allocation_quota_free_tier_only"],
      ...["1308", "1310", "2056"], // Zhipu, MiniMax
    ],
    says: /reached your specified (api |workspace )*usage limits/i,
  },
  {
    code: "provider-auth",
    action: "fallback",
    words: [
      ...["invalid_api_key", "authentication_error", "api_key_invalid", "unauthenticated", "unauthorized"],
      ...["invalid_authentication", "invalid_authentication_error", "missing_api_key", "expired_api_key"],
      ...["token_expired", "wrong_api_key", "failed_to_auth", "invalid_iam_token", "access_token_expired"],
      ...["authentication_token_expired", "expired_token_exception", "unrecognized_client_exception"], // watsonx, AWS
      ...["missing_authentication_token_exception", "invalid_signature_exception", "110", "2049"], // Baidu, MiniMax
    ],
    says: anyOf(
      "(incorrect|invalid|missing|expired|wrong) api[ -_]?key", // xAI, Perplexity, llama.cpp
      "api[ -_]?key (is )?(not valid|invalid|expired|missing|was reported as leaked)", // Gemini
      "unregistered callers", // Gemini without any key
      "invalid authentication|missing authentication token|login fail|invalid access token|access token invalid",
      "security token included in the request", // AWS
    ),
    statuses: [401],
  },
  {
    // What an account must do or has done, under whatever status: no wait mends it.
    code: "provider-forbidden",
    action: "fallback",
    words: ["organization_restricted", "model_terms_required", "access_terminated"],
    says: anyOf(
      "organization has been (disabled|restricted)|access was terminated", // Anthropic, Groq, OpenAI
      "organization must be verified|requires terms acceptance", // OpenAI, Groq
      "use case details have not been submitted", // AWS, for Anthropic's models
    ),
  },
];

/** OpenRouter's limit per minute advertises "1000 requests per day"; a day's limit matters only where a limit was the trouble. */
function isDailyLimit(error: ErrorShape): boolean {
  const isLimit = error.status === undefined || error.status === 429 || error.status === 403;
  return isLimit && !/free-models-per-min/i.test(error.text);
}
