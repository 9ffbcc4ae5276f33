import { asArray, asObject, asText, type JsonObject, parseJson } from "../_json.ts";
import type { ProviderPart } from "../provider.ts";

interface ToolCallDraft {
  index: number | undefined;
  id: string | undefined;
  name: string;
  arguments: string;
}

type ToolCallPart = Extract<ProviderPart, { type: "tool-call" }>;

/**
 * Assembles tool calls from whatever pieces a provider cuts them into: in one piece, in fragments, interleaved, without an index,
 * all with the same index, with sparse indexes, with an empty name or the word "null" for an id in later pieces.
 */
export class ToolCallAssembler {
  #drafts: ToolCallDraft[] = [];
  #delivered = 0;

  /** Takes what a delta or a message says of calls; true if it says anything. */
  push(message: JsonObject): boolean {
    let isTouched = false;
    for (const value of asArray(message.tool_calls)) {
      const fragment = asObject(value);
      if (fragment === undefined) continue;
      const called = asObject(fragment.function) ?? fragment;
      const index = typeof fragment.index === "number" ? fragment.index : undefined;
      this.#add(index, fragment.id, called);
      isTouched = true;
    }
    const legacy = asObject(message.function_call);
    if (legacy !== undefined) {
      this.#add(-1, undefined, legacy);
      isTouched = true;
    }
    return isTouched;
  }

  /**
   * Delivers the calls that are complete, each once: those whose arguments are valid JSON. What the model could not finish is dropped.
   *
   * @param mayBeEmpty Whether a call without arguments is complete; it is not when the model was cut off.
   */
  deliver(mayBeEmpty: boolean): ToolCallPart[] {
    const parts: ToolCallPart[] = [];
    for (const draft of this.#drafts) {
      const text = draft.arguments.trim() === "" && mayBeEmpty ? "{}" : draft.arguments;
      if (draft.name === "" || parseJson(text) === undefined) continue;
      // An id is what a tool's result refers to, so one that is missing must be unique in its conversation.
      const id = draft.id ?? `call_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
      parts.push({ type: "tool-call", index: this.#delivered++, id, name: draft.name, arguments: text });
    }
    this.#drafts = [];
    return parts;
  }

  #add(index: number | undefined, rawId: unknown, called: JsonObject): void {
    // Mistral writes "null" for the id of later fragments.
    const id = rawId === "null" ? undefined : asText(rawId);
    const name = asText(called.name);
    let draft = this.#find(index, id);
    if (draft === undefined || isAnother(draft, id, name)) {
      draft = { index, id, name: "", arguments: "" };
      this.#drafts.push(draft);
    }
    draft.id ??= id;
    // Some repeat the name in every fragment.
    if (draft.name === "") draft.name = name ?? "";
    draft.arguments += typeof called.arguments === "string" ? called.arguments : textOfObject(called.arguments);
  }

  #find(index: number | undefined, id: string | undefined): ToolCallDraft | undefined {
    if (index !== undefined) return this.#drafts.findLast((draft) => draft.index === index);
    if (id !== undefined) return this.#drafts.find((draft) => draft.id === id);
    return this.#drafts.at(-1);
  }
}

/** Whether a fragment begins another call although it points to this one: providers that number every call 0, or none. */
function isAnother(draft: ToolCallDraft, id: string | undefined, name: string | undefined): boolean {
  if (id !== undefined && draft.id !== undefined && id !== draft.id) {
    // A new id without a name is a provider that invents an id for every fragment, unless the call is already whole.
    return name !== undefined || parseJson(draft.arguments) !== undefined;
  }
  if (name === undefined || draft.name === "" || (id !== undefined && id === draft.id)) return false;
  return name !== draft.name || parseJson(draft.arguments) !== undefined;
}

function textOfObject(value: unknown): string {
  return value === undefined || value === null ? "" : JSON.stringify(value);
}
