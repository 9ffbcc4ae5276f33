import { asObject, type JsonObject } from "../_json.ts";
import { hasErrorMark, isErrorSet, isFlatError } from "../_stated_error.ts";

/** The error that stands in a chunk, an answer or a bare JSON body, whatever its provider's shape; `undefined` if there is none. */
export function findError(body: JsonObject, choices: readonly JsonObject[]): unknown {
  if (isErrorSet(body.error) || hasErrorMark(body)) return body;
  const failed = choices.find((choice) => isErrorSet(choice.error));
  if (failed !== undefined) return failed;
  if ("choices" in body || "usage" in body) return undefined;
  return asObject(body.error) !== undefined || isFlatError(body) ? body : undefined;
}
