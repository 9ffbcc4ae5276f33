import { asArray, asObject, type JsonObject } from "../_json.ts";

/** Fields of Gemini's request which a caller may give beside OpenAI's, in Gemini's spelling. */
const OWN_FIELDS = ["safetySettings", "cachedContent", "labels", "toolConfig", "generationConfig"];
/** What is ours alone. */
const FORBIDDEN = new Set(["contents", "model"]);

/**
 * The fields of Gemini's own vocabulary among a caller's parameters: those of the list, then the members of `google` and of
 * `extra_body.google`, where every field has its place and snake case is read too, as Google's OpenAI-compatible endpoint does
 * (`thinking_config`, `cached_content`).
 */
export function ownFields(parameters: JsonObject): JsonObject {
  const fields: Record<string, unknown> = {};
  for (const name of OWN_FIELDS) if (parameters[name] !== undefined) fields[name] = parameters[name];
  for (const place of [asObject(parameters.extra_body)?.google, parameters.google]) {
    for (const [name, value] of Object.entries(asObject(place) ?? {})) {
      const own = camelCase(name);
      if (FORBIDDEN.has(own)) continue;
      if (own === "thinkingConfig") {
        fields.generationConfig = { ...asObject(fields.generationConfig), thinkingConfig: camelCased(value) };
      } else if (own === "generationConfig") {
        fields.generationConfig = { ...asObject(fields.generationConfig), ...camelCased(value) };
      } else fields[own] = value;
    }
  }
  return fields;
}

/** Adds own fields to a body: objects are merged, tools are appended, everything else is replaced. */
export function withOwnFields(body: JsonObject, own: JsonObject): JsonObject {
  const result: Record<string, unknown> = { ...body };
  for (const [name, value] of Object.entries(own)) {
    const [before, added] = [asObject(result[name]), asObject(value)];
    if (name === "tools") result.tools = [...asArray(result.tools), ...asArray(value)];
    else result[name] = before !== undefined && added !== undefined ? { ...before, ...added } : value;
  }
  return result;
}

function camelCased(value: unknown): JsonObject {
  return Object.fromEntries(Object.entries(asObject(value) ?? {}).map(([name, member]) => [camelCase(name), member]));
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
