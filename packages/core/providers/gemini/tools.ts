import { asArray, asObject, asText, type JsonObject } from "../_json.ts";
import { unsupported } from "./unsupported.ts";

/**
 * Translates `tools` (and the older `functions`). A tool without a `type` is one of Gemini's own, such as
 * `{ googleSearch: {} }`, and goes on as it stands; so does OpenAI's `web_search_options` as the search.
 *
 * @throws {UpstreamError} If a tool is of another provider.
 */
export function toTools(parameters: JsonObject): JsonObject[] {
  const declarations: JsonObject[] = [];
  const own: JsonObject[] = [];
  for (const value of asArray(parameters.tools)) {
    const tool = asObject(value);
    if (tool === undefined) continue;
    if (tool.type === "function") declarations.push(toDeclaration(asObject(tool.function) ?? tool));
    else if (tool.type === undefined) own.push(tool);
    else throw unsupported(`A tool of the type '${String(tool.type).slice(0, 40)}'`);
  }
  for (const value of asArray(parameters.functions)) {
    const declared = asObject(value);
    if (declared !== undefined) declarations.push(toDeclaration(declared));
  }
  if (asObject(parameters.web_search_options) !== undefined) own.push({ googleSearch: {} });
  return declarations.length > 0 ? [{ functionDeclarations: declarations }, ...own] : own;
}

/** The schema goes as JSON Schema, of which the API heeds what it knows; `parameters` would take a dialect of OpenAPI alone. */
function toDeclaration(declared: JsonObject): JsonObject {
  const { name } = declared;
  const description = asText(declared.description);
  const schema = asObject(declared.parameters);
  const hasFields = schema !== undefined && Object.keys(schema).length > 0;
  return {
    name,
    ...(description !== undefined && { description }),
    ...(hasFields && { parametersJsonSchema: schema }),
  };
}

/** Translates `tool_choice` (and the older `function_call`). */
export function toFunctionCalling(parameters: JsonObject): JsonObject | undefined {
  const choice = parameters.tool_choice ?? parameters.function_call;
  if (choice === "auto") return { mode: "AUTO" };
  if (choice === "none") return { mode: "NONE" };
  if (choice === "required" || choice === "any") return { mode: "ANY" };
  const chosen = asObject(choice);
  if (chosen === undefined) return undefined;
  if (chosen.type === "allowed_tools") {
    const allowed = asObject(chosen.allowed_tools) ?? chosen;
    const names = asArray(allowed.tools).map((tool) => nameOf(asObject(tool) ?? {}));
    // AUTO takes no list of names.
    return {
      mode: allowed.mode === "required" ? "ANY" : "VALIDATED",
      allowedFunctionNames: names.filter((name) => name !== undefined),
    };
  }
  const name = nameOf(chosen);
  return name === undefined ? undefined : { mode: "ANY", allowedFunctionNames: [name] };
}

function nameOf(tool: JsonObject): string | undefined {
  return asText(asObject(tool.function)?.name) ?? asText(tool.name);
}
