import { asText, type JsonObject } from "../_json.ts";

/** The error that stands in a line, Ollama's own `{"error": text}` or what a proxy made of it; `undefined` if there is none. */
export function findError(line: JsonObject, isAnswer: boolean): unknown {
  const { error } = line;
  if (error !== undefined && error !== null && error !== false && error !== "") return line;
  if (isAnswer) return undefined;
  // Flat shapes of proxies: {message, code}, {detail}.
  return asText(line.message) !== undefined || asText(line.detail) !== undefined ? line : undefined;
}
