import { UpstreamError } from "../../failures/mod.ts";
import { asArray, asObject, asText, type JsonObject, parseJson } from "../_json.ts";
import { JsonDepth } from "../_json_depth.ts";
import type { ProviderPart } from "../provider.ts";

interface ToolCallDraft {
  index: number | undefined;
  id: string | undefined;
  name: string;
  arguments: string;
  /** Whether they may be whole. */
  depth: JsonDepth;
  /** The last piece of them. */
  last: string;
  /** What the provider wants back beside the call: Gemini's thought signature. */
  extra: JsonObject | undefined;
}

/** More calls than this in one answer are no model's. */
const MAX_CALLS = 1000;

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
    const only = asObject(message.tool_calls);
    for (const value of only === undefined ? asArray(message.tool_calls) : [only]) {
      const fragment = asObject(value);
      if (fragment === undefined) continue;
      const called = asObject(fragment.function) ?? fragment;
      const index = typeof fragment.index === "number" ? fragment.index : numberIn(fragment.index);
      this.#add(index, fragment.id, called, asObject(fragment.extra_content));
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
   * @param isWhole Whether the model said all that it had to say; if it was cut off, only what is certain is delivered.
   */
  deliver(isWhole: boolean): ToolCallPart[] {
    const parts: ToolCallPart[] = [];
    for (const draft of this.#drafts) {
      const text = completeArguments(draft, isWhole);
      if (draft.name === "" || text === undefined) continue;
      // An id is what a tool's result refers to, so one that is missing must be unique in its conversation.
      const id = draft.id ?? `call_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
      const part: ToolCallPart = { type: "tool-call", index: this.#delivered++, id, name: draft.name, arguments: text };
      parts.push(draft.extra === undefined ? part : { ...part, extra: draft.extra });
    }
    this.#drafts = [];
    return parts;
  }

  #add(index: number | undefined, rawId: unknown, called: JsonObject, extra?: JsonObject): void {
    // Mistral writes "null" for the id of later fragments.
    const id = rawId === "null" ? undefined : asText(rawId);
    const name = asText(called.name);
    let draft = this.#find(index, id);
    if (draft === undefined || isAnother(draft, id, name)) {
      if (this.#drafts.length >= MAX_CALLS) {
        throw new UpstreamError({ code: "malformed", action: "fallback", detail: "too many tool calls" });
      }
      draft = { index, id, name: "", arguments: "", depth: new JsonDepth(), last: "", extra: undefined };
      this.#drafts.push(draft);
    }
    draft.id ??= id;
    if (extra !== undefined) draft.extra = { ...draft.extra, ...extra };
    // Some repeat the name in every fragment.
    if (draft.name === "") draft.name = name ?? "";
    const text = typeof called.arguments === "string" ? called.arguments : textOfObject(called.arguments);
    if (text === "") return;
    draft.arguments += text;
    draft.depth.push(text);
    draft.last = text;
  }

  #find(index: number | undefined, id: string | undefined): ToolCallDraft | undefined {
    if (index !== undefined) return this.#drafts.findLast((draft) => draft.index === index);
    if (id !== undefined) return this.#drafts.find((draft) => draft.id === id);
    return this.#drafts.at(-1);
  }
}

/** The arguments as JSON text; `undefined` if there is none. */
function completeArguments({ arguments: text, last }: ToolCallDraft, isWhole: boolean): string | undefined {
  const value = parseJson(text);
  // Servers that encode them twice.
  if (typeof value === "string" && asObject(parseJson(value)) !== undefined) return value;
  if (value !== undefined) return text;
  if (!isWhole) return undefined;
  if (text.trim() === "") return "{}";
  // Proxies that send all arguments so far each time: the last piece is the whole.
  if (last.startsWith("{") && parseJson(last) !== undefined) return last;
  // Proxies that begin with a placeholder: the rest is the whole.
  const rest = /^\s*\{\s*\}(.+)$/s.exec(text)?.[1];
  return rest !== undefined && parseJson(rest) !== undefined ? rest : undefined;
}

/** Whether a fragment begins another call although it points to this one: providers that number every call 0, or none. */
function isAnother(draft: ToolCallDraft, id: string | undefined, name: string | undefined): boolean {
  if (id !== undefined && draft.id !== undefined && id !== draft.id) {
    // A new id without a name is a provider that invents an id for every fragment, unless the call is already whole.
    return name !== undefined || isWhole(draft);
  }
  if (name === undefined || draft.name === "" || (id !== undefined && id === draft.id)) return false;
  return name !== draft.name || isWhole(draft);
}

function isWhole({ depth, arguments: text }: ToolCallDraft): boolean {
  return !depth.isOpen && parseJson(text) !== undefined;
}

function textOfObject(value: unknown): string {
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

/** Some write numbers as text. */
function numberIn(value: unknown): number | undefined {
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : undefined;
}
