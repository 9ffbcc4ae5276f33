import { asArray, asObject } from "../_json.ts";

/**
 * A candidate's `logprobsResult` as OpenAI's `logprobs.content`.
 *
 * @param text What the candidate says in the same chunk; `undefined` comes out where the tokens are not exactly this text.
 */
export function toLogProbs(result: unknown, text: string): readonly unknown[] | undefined {
  const chosen = asArray(asObject(result)?.chosenCandidates);
  if (chosen.length === 0) return undefined;
  const top = asArray(asObject(result)?.topCandidates);
  const content = chosen.map((value, at) => {
    const others = asArray(asObject(top[at])?.candidates);
    return { ...toToken(value), top_logprobs: others.map(toToken) };
  });
  return content.map(({ token }) => token).join("") === text ? content : undefined;
}

const encoder = new TextEncoder();

function toToken(value: unknown) {
  const candidate = asObject(value);
  const token = typeof candidate?.token === "string" ? candidate.token : "";
  const logprob = typeof candidate?.logProbability === "number" ? candidate.logProbability : null;
  return { token, logprob, bytes: [...encoder.encode(token)] };
}
