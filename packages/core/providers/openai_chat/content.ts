import { asArray, asObject, asText, type JsonObject } from "../_json.ts";

/** What a delta or a message says, in the order in which it is to be read. */
export interface Content {
  reasoning: string;
  text: string;
  /** The model's words when it declines; OpenAI keeps them apart from the text. */
  refusal: string;
  /** There is reasoning which the provider shows only encrypted. */
  hasHiddenReasoning: boolean;
}

/** Reads what a delta or a message says under all the names that providers use for it. */
export function readContent(message: JsonObject): Content {
  const content: Content = {
    reasoning: "",
    text: typeof message.content === "string" ? message.content : "",
    refusal: asText(message.refusal) ?? "",
    hasHiddenReasoning: false,
  };
  const only = asObject(message.content);
  if (only !== undefined) readItems([only], content);
  else readItems(asArray(message.content), content);
  if (content.refusal !== "" && content.refusal === content.text) content.refusal = "";
  // Servers that keep an old name beside the new one say the same twice: the first that says anything counts.
  const reasoning = REASONING_FIELDS.map((field) => textOf(message[field])).find((text) => text !== "");
  if (reasoning !== undefined) content.reasoning = reasoning;
  else if (content.reasoning === "") readReasoningDetails(message.reasoning_details, content);
  // LiteLLM's copy of Anthropic's blocks.
  if (content.reasoning === "") readItems(asArray(message.thinking_blocks), content);
  return content;
}

/** In the order of preference. */
const REASONING_FIELDS = [
  "reasoning_content",
  "reasoning",
  "reasoning_text",
  "thinking",
  "thinking_content",
  "thought",
];

/** Mistral's array of items, and Databricks', whose reasoning is a summary; OpenAI's vocabulary has the text items too. */
function readItems(items: readonly unknown[], content: Content): void {
  for (const value of items) {
    if (typeof value === "string") content.text += value;
    const item = asObject(value);
    if (item === undefined) continue;
    switch (item.type) {
      case "text":
      case "output_text":
      case undefined:
        content.text += asText(item.text) ?? asText(asObject(item.text)?.value) ?? "";
        break;
      case "thinking":
      case "reasoning":
        content.reasoning += textOf(item.thinking ?? item.text ?? item.content ?? item.summary);
        break;
      case "refusal":
        content.refusal += asText(item.refusal) ?? "";
        break;
    }
  }
}

/** OpenRouter's and Snowflake's list: `reasoning.text`, `reasoning.summary`, `reasoning.encrypted`. */
function readReasoningDetails(details: unknown, content: Content): void {
  for (const value of asArray(details)) {
    const detail = asObject(value);
    const text = asText(detail?.text) ?? asText(detail?.summary);
    if (text !== undefined) content.reasoning += text;
    else if (asText(detail?.data) !== undefined) content.hasHiddenReasoning = true;
  }
}

/** The text of a field that is one, or an object or a list of objects that hold one. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  const held = asObject(value);
  if (held !== undefined) return asText(held.text) ?? asText(held.content) ?? "";
  let text = "";
  for (const item of asArray(value)) text += typeof item === "string" ? item : (asText(asObject(item)?.text) ?? "");
  return text;
}
