import { asArray, asObject, asText, type JsonObject } from "../_json.ts";

/** OpenRouter's name for the shape of what this dialect wants back. */
const FORMAT = "openai-responses-v1";

/** What the provider wants back of an item of reasoning, as OpenRouter writes it; `undefined` if there is nothing. */
export function toReasoningDetail(item: JsonObject, index: number): JsonObject | undefined {
  const data = asText(item.encrypted_content);
  if (data === undefined) return undefined;
  const id = asText(item.id);
  return { type: "reasoning.encrypted", data, ...(id === undefined ? {} : { id }), format: FORMAT, index };
}

/** The items of reasoning that an assistant's message brings back; those of other makers are left out, which would be refused. */
export function toReasoningItems(details: unknown): JsonObject[] {
  const all = asArray(details)
    .map(asObject)
    .filter((detail) => detail !== undefined && detail.format === FORMAT) as JsonObject[];
  const items: JsonObject[] = [];
  for (const detail of all) {
    const data = asText(detail.data);
    if (detail.type !== "reasoning.encrypted" || data === undefined) continue;
    const id = asText(detail.id);
    const summary = all
      .filter(({ type, id: owner }) => type === "reasoning.summary" && id !== undefined && owner === id)
      .map(({ summary: text }) => ({ type: "summary_text", text: asText(text) ?? "" }));
    items.push({ type: "reasoning", ...(id === undefined ? {} : { id }), summary, encrypted_content: data });
  }
  return items;
}
