import { asObject, asText, type JsonObject } from "../_json.ts";

/** The format and the verbosity of the text; the caller's own `text` wins. */
export function toTextOptions(parameters: JsonObject): JsonObject | undefined {
  const text: Record<string, unknown> = {};
  const format = toFormat(asObject(parameters.response_format));
  if (format !== undefined) text.format = format;
  const verbosity = asText(parameters.verbosity);
  if (verbosity !== undefined) text.verbosity = verbosity;
  Object.assign(text, asObject(parameters.text));
  return Object.keys(text).length > 0 ? text : undefined;
}

/** A schema stands in the format itself, where the chat vocabulary nests it. */
function toFormat(format: JsonObject | undefined): JsonObject | undefined {
  if (format?.type !== "json_schema") return format;
  const { json_schema: nested, ...rest } = format;
  const schema = asObject(nested);
  return schema === undefined ? format : { ...rest, ...schema };
}
