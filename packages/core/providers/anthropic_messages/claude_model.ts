/** How a model is asked to think. */
export type ThinkingMode = "none" | "budget" | "budget-or-adaptive" | "adaptive";

/** What a model of this dialect takes and refuses, as far as its name tells. */
export interface ModelTraits {
  isClaude: boolean;
  /** Whether it goes on from a beginning of its own message; models since 4.6 refuse one. */
  acceptsPrefill: boolean;
  /** Most tokens that one answer can have, where that is known. */
  maxOutputTokens: number | undefined;
  thinking: ThinkingMode;
  /** Whether it thinks unless it is told not to, and whether it can be told. */
  thinksByDefault: boolean;
  canStopThinking: boolean;
  /** Whether `temperature`, `top_p` and `top_k` are taken, and the first two together. */
  takesSampling: boolean;
  takesTemperatureWithTopP: boolean;
  /** Whether the API holds it to a JSON schema, in its text and in the input of its tools. */
  hasStructuredOutputs: boolean;
}

/** Look-alikes: only what the dialect has had from its beginning is counted on. */
const OTHER: ModelTraits = {
  isClaude: false,
  acceptsPrefill: false,
  maxOutputTokens: undefined,
  thinking: "budget",
  thinksByDefault: false,
  canStopThinking: true,
  takesSampling: true,
  takesTemperatureWithTopP: true,
  hasStructuredOutputs: false,
};

const NAME =
  /claude[-_ ]?(?:v?(\d{1,2})(?:[.-](\d))?(?!\d)[-_ ]?)?([a-z]+)?(?:[-_ ](\d{1,2})(?:[.-](\d{1,2}))?(?!\d))?/i;

/**
 * Reads a model's name in any of its spellings: `claude-3-5-sonnet-20241022`, `anthropic/claude-opus-4.6`,
 * `us.anthropic.claude-sonnet-4-5-20250929-v1:0`, `claude-opus-4-1@20250805`.
 *
 * A Claude model without a version in its name is taken for one of the newest.
 *
 * @see https://platform.claude.com/docs/en/about-claude/models/overview
 */
export function traitsOf(model: string): ModelTraits {
  const found = NAME.exec(model);
  if (found === null) return OTHER;
  const [, ownMajor, ownMinor, family = "", major = ownMajor, minor = ownMinor] = found;
  // 3.5 is 305 and 4.10 is 410.
  const version = major === undefined ? Number.POSITIVE_INFINITY : Number(major) * 100 + Number(minor ?? 0);
  const alwaysThinks = /^(fable|mythos)$/i.test(family);
  return {
    isClaude: true,
    acceptsPrefill: version < 406 && !/^instant$/i.test(family),
    maxOutputTokens: maxOutputTokensOf(version, family),
    thinking: alwaysThinks ? "adaptive" : thinkingModeOf(version),
    thinksByDefault: alwaysThinks || version >= 500,
    canStopThinking: !alwaysThinks,
    takesSampling: !alwaysThinks && version < 407,
    takesTemperatureWithTopP: version < 401,
    hasStructuredOutputs: version >= 405,
  };
}

function thinkingModeOf(version: number): ThinkingMode {
  if (version < 307) return "none";
  if (version < 406) return "budget";
  return version < 407 ? "budget-or-adaptive" : "adaptive";
}

function maxOutputTokensOf(version: number, family: string): number {
  if (version < 305) return 4096;
  if (version < 307) return 8192;
  if (!/^opus$/i.test(family)) return 64_000;
  if (version < 405) return 32_000;
  return version < 406 ? 64_000 : 128_000;
}
