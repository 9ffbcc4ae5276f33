import type { AskMessages } from "../../answers/answers.ts";
import type { Check } from "./checks.ts";
import { checkFields, isKind, isListOf, isName, isWholeNumber, objectAt, refuse } from "./checks.ts";
import { withoutLegacyFunctions } from "./legacy_functions.ts";
import { readMessages } from "./messages.ts";

/** Each choice is an answer of its own, so that this many upstream calls may run for one request. */
export const MAX_CHOICES = 8;

/** A chat completion as it was asked for. */
export interface ChatCompletionRequest {
  ask: Pick<AskMessages, "messages" | "route" | "parameters">;
  /** How many answers are wanted. */
  count: number;
  isStreamed: boolean;
  includeUsage: boolean;
  hasLogprobs: boolean;
  /** Calls are told as OpenAI's old `function_call`. */
  isLegacy: boolean;
}

const checkFunction: Check = (value, param) => {
  const { name, parameters, description } = objectAt(value, param);
  isName(name, `${param}.name`);
  checkFields({ parameters, description }, { parameters: isKind("object"), description: isKind("text") }, `${param}.`);
};

const checkTool: Check = (value, param) => {
  const tool = objectAt(value, param);
  isName(tool.type, `${param}.type`);
  if (tool.type === "function") checkFunction(tool.function, `${param}.function`);
};

const checkModel: Check = (value, param) => {
  isName(value, param);
  if ((value as string).length > 300) {
    refuse(param, { en: "At most 300 characters name a model", ar: "لا يزيد اسم النموذج على 300 حرف" });
  }
};

const checkStop: Check = (value, param) => {
  if (Array.isArray(value)) isListOf(isKind("text"))(value, param);
  else isKind("text", "list")(value, param);
};

const checkFormat: Check = (value, param) => {
  const format = objectAt(value, param);
  isName(format.type, `${param}.type`);
  if (format.type === "json_schema") objectAt(format.json_schema, `${param}.json_schema`);
};

const checkStreamOptions: Check = (value, param) =>
  checkFields(objectAt(value, param), { include_usage: isKind("boolean") }, `${param}.`);

/** The fields whose shape is known, whoever answers; which values a model takes is for its provider to say. */
const FIELDS: Readonly<Record<string, Check>> = {
  stream: isKind("boolean"),
  stream_options: checkStreamOptions,
  n: isWholeNumber(1, MAX_CHOICES),
  max_tokens: isWholeNumber(1),
  max_completion_tokens: isWholeNumber(1),
  temperature: isKind("number"),
  top_p: isKind("number"),
  frequency_penalty: isKind("number"),
  presence_penalty: isKind("number"),
  seed: isKind("whole number"),
  logprobs: isKind("boolean"),
  top_logprobs: isWholeNumber(0),
  logit_bias: isKind("object"),
  stop: checkStop,
  tools: isListOf(checkTool),
  tool_choice: isKind("text", "object"),
  parallel_tool_calls: isKind("boolean"),
  functions: isListOf(checkFunction),
  function_call: isKind("text", "object"),
  response_format: checkFormat,
  user: isKind("text"),
  metadata: isKind("object"),
};

/**
 * Reads OpenAI's request: what the engine needs, and everything else as parameters that pass through.
 *
 * @throws {FailureError} `invalid-input`, naming the field.
 */
export function parseChatCompletion(body: Record<string, unknown>): ChatCompletionRequest {
  checkModel(body.model, "model");
  const messages = readMessages(body.messages);
  checkFields(body, FIELDS);
  const { model, messages: _messages, stream, n, ...parameters } = body;
  const isLegacy = Array.isArray(parameters.functions) && !Array.isArray(parameters.tools);
  const asked = { messages, parameters };
  const streamOptions = parameters.stream_options as { include_usage?: boolean | null } | null | undefined;
  return {
    ask: { route: model as string, ...(isLegacy ? withoutLegacyFunctions(asked) : asked) },
    count: (n as number | null | undefined) ?? 1,
    isStreamed: stream === true,
    includeUsage: streamOptions?.include_usage === true,
    hasLogprobs: parameters.logprobs === true,
    isLegacy,
  };
}
