import { asObject, type JsonObject, parseJson } from "../_json.ts";

/**
 * The objects that are complete in a text that is no JSON as a whole: the elements of an array whose end is missing, or objects
 * one after another.
 */
export function completeObjects(text: string): JsonObject[] {
  const objects: JsonObject[] = [];
  let depth = 0;
  let from = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (isInString) {
      if (char === "\\") at++;
      else if (char === '"') isInString = false;
    } else if (char === '"') isInString = depth > 0;
    else if (char === "{" && depth++ === 0) from = at;
    else if (char === "}" && depth > 0 && --depth === 0) {
      const object = asObject(parseJson(text.slice(from, at + 1)));
      if (object !== undefined) objects.push(object);
    }
  }
  return objects;
}
