import { traitsOf } from "../anthropic_messages/claude_model.ts";
import { factsOf } from "../gemini/model.ts";
import type { Abilities, ProviderPreset } from "./preset.ts";

const NOT_CHAT = /audio|realtime|transcribe|tts|image|search|embedding|instruct|moderation/;

/** Families of models whose makers document what they can do, by the beginning of the name; the first that fits counts. */
const FAMILIES: readonly [name: RegExp, abilities: Abilities][] = [
  [/^gpt-(4o|4\.1)/, { tools: true, images: true, structuredOutput: true, reasoning: false, logprobs: true }],
  [/^gpt-4-turbo/, { tools: true, images: true, structuredOutput: false, reasoning: false, logprobs: true }],
  [
    /^gpt-(4|3\.5-turbo)(-|$)/,
    { tools: true, images: false, structuredOutput: false, reasoning: false, logprobs: true },
  ],
  [/^gpt-oss/, { tools: true, images: false, reasoning: true }],
  [/^gpt-[5-9][\w.]*-chat/, { images: true }],
  [/^gpt-[5-9]/, { tools: true, images: true, structuredOutput: true, reasoning: true }],
  [/^o1-(mini|preview)/, { tools: false, images: false, structuredOutput: false, reasoning: true, logprobs: false }],
  [/^o3-mini/, { tools: true, images: false, structuredOutput: true, reasoning: true, logprobs: false }],
  [/^o(1|3|4-mini)(-|$)/, { tools: true, images: true, structuredOutput: true, reasoning: true, logprobs: false }],
  [/^(mistral-(large|medium|small)|ministral|codestral|devstral)/, { tools: true, structuredOutput: true }],
  [/^magistral/, { tools: true, reasoning: true }],
  [/^grok-[4-9]/, { tools: true, structuredOutput: true }],
  [/^command-(a|r)/, { tools: true, structuredOutput: true }],
  [/^kimi-k2/, { tools: true }],
  [/^deepseek-(chat|v3|v4)/, { tools: true }],
  [/^llama-?3\.[13]/, { tools: true, images: false, reasoning: false }],
];

/**
 * What a model can do at a provider, as far as that is known: what its family can, without what the provider rules out.
 *
 * @param preset The known provider behind which it is; absent for one that is not known.
 * @param model In any spelling: `gpt-4o-mini`, `openai/gpt-4o-mini:free`, `us.anthropic.claude-sonnet-4-5`.
 */
export function abilitiesOf(preset: ProviderPreset | undefined, model: string): Abilities {
  const able: Abilities = { ...familyAbilities(model) };
  for (const [ability, isThere] of Object.entries(preset?.abilities ?? {}) as [keyof Abilities, boolean][]) {
    if (!isThere) able[ability] = false;
  }
  return able;
}

function familyAbilities(model: string): Abilities {
  const lower = model.toLowerCase();
  const name = lower.slice(lower.lastIndexOf("/") + 1);
  if (NOT_CHAT.test(name) && !/^llama|^claude/.test(name)) return {};
  if (name.includes("claude")) {
    const { thinking, hasStructuredOutputs } = traitsOf(name);
    return {
      tools: true,
      images: true,
      structuredOutput: hasStructuredOutputs,
      reasoning: thinking !== "none",
      logprobs: false,
    };
  }
  const { generation, canThink } = factsOf(name);
  if (generation !== undefined) return { tools: true, images: true, structuredOutput: true, reasoning: canThink };
  return FAMILIES.find(([family]) => family.test(name))?.[1] ?? {};
}
