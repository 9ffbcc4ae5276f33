import type { JsonObject } from "../_json.ts";
import type { ProviderRequest } from "../provider.ts";
import { type Content, toConversation } from "./contents.ts";
import { toGenerationConfig } from "./generation_config.ts";
import { factsOf } from "./model.ts";
import { ownFields, withOwnFields } from "./own_fields.ts";
import { toFunctionCalling, toTools } from "./tools.ts";

/**
 * The body of `streamGenerateContent` for a request in OpenAI's chat vocabulary.
 *
 * Gemini refuses fields that it does not know, so only what has a counterpart is translated. Gemini's own fields come through
 * as {@linkcode ownFields} says; every other field (`user`, `store`, `logit_bias`, `parallel_tool_calls`, …) is left out.
 *
 * @throws {UpstreamError} `unsupported-feature`, for the next target, if the request asks for what Gemini cannot do: more than
 * one answer, another modality than text, another provider's tools or files.
 */
export function buildRequestBody(request: ProviderRequest): JsonObject {
  const { model, parameters, prefill } = request;
  const facts = factsOf(model);
  const conversation = toConversation(request.messages, { needsSignatures: (facts.generation ?? 0) >= 3 });
  const { system, contents } = placeSystem(conversation, facts.isWithoutSystem);
  if (prefill !== undefined) contents.push({ role: "model", parts: [{ text: prefill }] });
  const generationConfig = toGenerationConfig(request, facts);
  const tools = toTools(parameters);
  const functionCallingConfig = toFunctionCalling(parameters);
  const body: JsonObject = {
    contents,
    ...(system.length > 0 && { systemInstruction: { parts: system } }),
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
    ...(tools.length > 0 && { tools }),
    ...(functionCallingConfig !== undefined && { toolConfig: { functionCallingConfig } }),
  };
  return withOwnFields(body, ownFields(parameters));
}

/** A system instruction alone is no request, and some models refuse one: then it begins the conversation. */
function placeSystem({ system, contents }: { system: JsonObject[]; contents: Content[] }, isWithoutSystem: boolean) {
  if (system.length === 0 || (contents.length > 0 && !isWithoutSystem)) return { system, contents };
  const [first, ...rest] = contents;
  const begin: Content[] =
    first?.role === "user"
      ? [{ role: "user", parts: [...system, ...first.parts] }, ...rest]
      : [{ role: "user", parts: system }, ...contents];
  return { system: [], contents: begin };
}
