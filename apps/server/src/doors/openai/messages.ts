import type { ChatMessage } from "@cogniforge/core/providers";
import type { Check } from "./checks.ts";
import { checkFields, isKind, isListOf, isName, objectAt, refuse, refuseKind } from "./checks.ts";

const ROLES: readonly string[] = ["system", "developer", "user", "assistant", "tool", "function"];

/** What stands for an assistant's words where it said none. */
const INSTEAD_OF_CONTENT = [
  "tool_calls",
  "function_call",
  "audio",
  "refusal",
  "reasoning_details",
  "reasoning_content",
];

/**
 * The messages of a request, unchanged: what only a provider knows stays in them.
 *
 * @throws {FailureError} `invalid-input`, naming the field.
 */
export function readMessages(value: unknown): ChatMessage[] {
  isListOf(checkMessage, { atLeast: 1 })(value, "messages");
  return value as ChatMessage[];
}

const checkMessage: Check = (value, param) => {
  const message = objectAt(value, param);
  const { role, content } = message;
  isKind("text")(role, `${param}.role`);
  if (!ROLES.includes(role as string)) {
    refuse(`${param}.role`, {
      en: `The roles are ${ROLES.join(", ")}`,
      ar: `الأدوار هي ${ROLES.join("، ")}`,
    });
  }
  const mayBeAbsent =
    role === "assistant" && INSTEAD_OF_CONTENT.some((name) => (message[name] ?? undefined) !== undefined);
  if (content !== undefined && content !== null) checkContent(content, `${param}.content`);
  else if (!mayBeAbsent) refuseKind(`${param}.content`, ["text", "list"], content);
  if (role === "tool") isName(message.tool_call_id, `${param}.tool_call_id`);
  if (role === "function") isName(message.name, `${param}.name`);
  if (role === "assistant") {
    checkFields(message, { tool_calls: isListOf(checkToolCall), function_call: checkCalled }, `${param}.`);
  }
};

const checkContent: Check = (value, param) => {
  if (typeof value === "string") return;
  if (!Array.isArray(value)) refuseKind(param, ["text", "list"], value);
  isListOf(checkPart, { atLeast: 1 })(value, param);
};

/** Images, files, sound and whatever comes next go on as they are: only what could not be read by anybody is refused. */
const checkPart: Check = (value, param) => {
  const part = objectAt(value, param);
  isName(part.type, `${param}.type`);
  if (part.type === "text") isKind("text")(part.text, `${param}.text`);
  if (part.type === "image_url") isKind("object", "text")(part.image_url, `${param}.image_url`);
  if (part.type === "input_audio") isKind("object")(part.input_audio, `${param}.input_audio`);
  if (part.type === "file") isKind("object")(part.file, `${param}.file`);
};

const checkToolCall: Check = (value, param) => {
  const call = objectAt(value, param);
  isName(call.id, `${param}.id`);
  if (call.type === undefined || call.type === null || call.type === "function") {
    checkCalled(call.function, `${param}.function`);
  }
};

const checkCalled: Check = (value, param) => {
  const called = objectAt(value, param);
  isName(called.name, `${param}.name`);
  isKind("text")(called.arguments, `${param}.arguments`);
};
