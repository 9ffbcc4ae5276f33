import { asArray, asObject, type JsonObject, lookUp } from "../_json.ts";

/** Keywords that the API's grammar knows, with values that are no schemas. */
const KEPT = new Set(["type", "title", "description", "enum", "const", "default", "required", "$ref"]);
/** Keywords whose members are schemas. */
const MAPS = new Set(["properties", "$defs", "definitions"]);
const LISTS: Readonly<Record<string, string>> = { anyOf: "anyOf", allOf: "allOf", oneOf: "anyOf" };
const FORMATS = new Set([
  ...["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"],
]);

/**
 * A JSON schema in the part of the language that Anthropic's structured outputs know: objects are closed, and limits that the grammar
 * cannot hold go into the description, where the model reads them. As it stands, such a schema would be refused.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 */
export function toStrictSchema(schema: JsonObject): JsonObject {
  const strict: Record<string, unknown> = {};
  const limits: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    const list = lookUp(LISTS, keyword);
    if (KEPT.has(keyword)) strict[keyword] = value;
    else if (MAPS.has(keyword)) strict[keyword] = mapValues(asObject(value) ?? {});
    else if (list !== undefined) strict[list] = asArray(value).map(toStrict);
    else if (keyword === "items") strict.items = toStrict(value);
    else if (isKnown(keyword, value)) strict[keyword] = value;
    else if (keyword !== "additionalProperties" && !keyword.startsWith("$")) limits[keyword] = value;
  }
  if (isObjectSchema(schema)) strict.additionalProperties = false;
  if (Object.keys(limits).length > 0) {
    const words = JSON.stringify(limits);
    strict.description = typeof strict.description === "string" ? `${strict.description}\n\n${words}` : words;
  }
  return strict;
}

function toStrict(value: unknown): unknown {
  const schema = asObject(value);
  return schema === undefined ? value : toStrictSchema(schema);
}

function mapValues(schemas: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schemas).map(([name, value]) => [name, toStrict(value)]));
}

function isKnown(keyword: string, value: unknown): boolean {
  if (keyword === "format") return typeof value === "string" && FORMATS.has(value);
  return keyword === "minItems" && (value === 0 || value === 1);
}

function isObjectSchema({ type, properties }: JsonObject): boolean {
  return type === "object" || (type === undefined && properties !== undefined) || asArray(type).includes("object");
}
