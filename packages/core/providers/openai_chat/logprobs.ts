import { asArray, asObject, type JsonObject } from "../_json.ts";

/** The tokens of a choice's text with their log probabilities, as far as the choice gives them: its content's, or its refusal's. */
export function readLogprobs(choice: JsonObject): readonly unknown[] {
  const logprobs = asObject(choice.logprobs);
  if (logprobs === undefined) return NONE;
  const content = asArray(logprobs.content);
  return content.length > 0 ? content : asArray(logprobs.refusal);
}

const NONE: readonly unknown[] = [];
