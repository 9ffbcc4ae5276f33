import { asObject, type JsonObject } from "../_json.ts";

/** The error that stands in a chunk, an answer or a bare JSON body, whatever its provider's shape; `undefined` if there is none. */
export function findError(body: JsonObject, choices: readonly JsonObject[]): unknown {
  if (isSet(body.error) || body.object === "error" || body.type === "error") return body;
  const failed = choices.find((choice) => isSet(choice.error));
  if (failed !== undefined) return failed;
  if ("choices" in body || "usage" in body) return undefined;
  // Flat shapes: Mistral's {message, code}, {detail}, {title, detail, status}.
  const says = body.message ?? body.detail;
  const isFlat = typeof says === "string" || Array.isArray(says) || asObject(says) !== undefined;
  return isFlat ? body : undefined;
}

function isSet(error: unknown): boolean {
  return error !== undefined && error !== null && error !== false && error !== "";
}
