import { asArray, asObject, asText, type JsonObject } from "../_json.ts";

/** The name under which OpenRouter marks what belongs to Gemini. */
const FORMAT = "google-gemini-v1";

/** A signature of a text or a thought as OpenRouter writes it in `reasoning_details`. */
export function toReasoningDetail(signature: string, index: number): JsonObject {
  return { type: "reasoning.encrypted", data: signature, format: FORMAT, index };
}

/** The signature that Google's OpenAI-compatible answers put beside a call or a message. */
export function signatureOf(value: JsonObject): string | undefined {
  return asText(asObject(asObject(value.extra_content)?.google)?.thought_signature);
}

/** The signatures in a message's `reasoning_details`: of its calls, by their ids, and of what it says. */
export function signaturesOf(
  message: JsonObject,
  callIds: ReadonlySet<string>,
): { ofCalls: ReadonlyMap<string, string>; ofText: string | undefined } {
  const ofCalls = new Map<string, string>();
  let ofText = signatureOf(message);
  for (const value of asArray(message.reasoning_details)) {
    const detail = asObject(value);
    const signature = asText(detail?.data) ?? asText(detail?.signature);
    if (detail?.format !== FORMAT || signature === undefined) continue;
    const id = asText(detail.id);
    if (id !== undefined && callIds.has(id)) ofCalls.set(id, signature);
    // The last one covers what came before it.
    else ofText = signature;
  }
  return { ofCalls, ofText };
}
