import { asText, type JsonObject, parseJson } from "../_json.ts";
import { newToolCallId } from "../_tool_call_id.ts";
import type { ProviderPart } from "../provider.ts";

type ToolCallPart = Extract<ProviderPart, { type: "tool-call" }>;

interface Draft {
  slot: string | undefined;
  /** What a result refers to. */
  id: string | undefined;
  /** The item's own id, which stands in where there is no other. */
  itemId: string | undefined;
  name: string;
  /** Arguments as their pieces came. */
  pieces: string;
  /** Arguments as an event gave them as a whole. */
  whole: string;
  isIncomplete: boolean;
}

/** Assembles the calls of functions from their items, the deltas of their arguments, and the whole response. */
export class FunctionCalls {
  #drafts: Draft[] = [];
  #hasAny = false;

  /** Whether the model called a function, whether or not the call was completed. */
  get hasAny(): boolean {
    return this.#hasAny;
  }

  /** Takes an item when it is added or done; `slot` tells which it is. */
  readItem(item: JsonObject, slot: string | undefined): void {
    this.#hasAny = true;
    const id = asText(item.call_id);
    const draft = this.#draftOf(id, slot);
    draft.id ??= id;
    draft.itemId ??= asText(item.id);
    if (draft.name === "") draft.name = asText(item.name) ?? "";
    const text = textOf(item.arguments);
    if (text !== "") draft.whole = text;
    if (item.status === "incomplete") draft.isIncomplete = true;
  }

  /** Takes an item of the whole response: it completes a call that is known, and is a call only if none was known. */
  readFinalItem(item: JsonObject, isFirstSight: boolean): void {
    const id = asText(item.call_id);
    if (isFirstSight || (id !== undefined && this.#drafts.some((draft) => draft.id === id))) {
      this.readItem(item, undefined);
    }
  }

  addPiece(slot: string | undefined, piece: string): void {
    this.#hasAny = true;
    this.#draftOf(undefined, slot).pieces += piece;
  }

  /** Takes the event that gives a call's arguments as a whole. */
  endArguments(event: JsonObject, slot: string | undefined): void {
    this.#hasAny = true;
    const draft = this.#draftOf(undefined, slot);
    if (draft.name === "") draft.name = asText(event.name) ?? "";
    const text = textOf(event.arguments);
    if (text !== "") draft.whole = text;
  }

  /**
   * Delivers the calls whose arguments are valid JSON, each once.
   *
   * @param isWhole Whether the model said all that it had to say, so that no arguments are empty ones.
   */
  deliver(isWhole: boolean): ToolCallPart[] {
    const parts: ToolCallPart[] = [];
    for (const draft of this.#drafts) {
      const text = argumentsOf(draft, isWhole);
      if (draft.name === "" || text === undefined) continue;
      const id = draft.id ?? draft.itemId ?? newToolCallId();
      parts.push({ type: "tool-call", index: parts.length, id, name: draft.name, arguments: text });
    }
    this.#drafts = [];
    return parts;
  }

  #draftOf(id: string | undefined, slot: string | undefined): Draft {
    const known = this.#find(id, slot);
    // Two calls under one index are told apart by their ids.
    if (known !== undefined && (id === undefined || known.id === undefined || known.id === id)) return known;
    const draft: Draft = { slot, id, itemId: undefined, name: "", pieces: "", whole: "", isIncomplete: false };
    this.#drafts.push(draft);
    return draft;
  }

  #find(id: string | undefined, slot: string | undefined): Draft | undefined {
    const byId = id === undefined ? undefined : this.#drafts.find((draft) => draft.id === id);
    if (byId !== undefined) return byId;
    if (slot !== undefined) return this.#drafts.findLast((draft) => draft.slot === slot);
    return id === undefined ? this.#drafts.at(-1) : undefined;
  }
}

function argumentsOf({ pieces, whole, isIncomplete }: Draft, isWhole: boolean): string | undefined {
  if (isIncomplete) return undefined;
  for (const text of [whole, pieces]) if (parseJson(text) !== undefined) return text;
  return isWhole && (whole + pieces).trim() === "" ? "{}" : undefined;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}
