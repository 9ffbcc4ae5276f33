import { asObject, type JsonObject } from "../_json.ts";
import { hasErrorMark, isErrorSet, isFlatError } from "../_stated_error.ts";

/** The error that stands in a line, Ollama's own `{"error": text}` or what a proxy made of it; `undefined` if there is none. */
export function findError(line: JsonObject, isAnswer: boolean): unknown {
  if (isErrorSet(line.error) || hasErrorMark(line)) return line;
  return !isAnswer && (asObject(line.error) !== undefined || isFlatError(line)) ? line : undefined;
}
