import { asArray, asObject, asText, type JsonObject, parseJson } from "../_json.ts";
import type { ProviderPart } from "../provider.ts";
import { PartialArguments } from "./partial_arguments.ts";

type ToolCallPart = Extract<ProviderPart, { type: "tool-call" }>;

interface CallDraft {
  id: string | undefined;
  name: string;
  arguments: PartialArguments;
  signature: string | undefined;
  /** More of it is to come. */
  isOpen: boolean;
}

/**
 * Collects function calls, which come whole or, on Vertex, piece by piece: the name first, then `partialArgs`, and at the end an
 * empty call, or none.
 */
export class FunctionCalls {
  #drafts: CallDraft[] = [];
  #delivered = 0;

  /** Takes a part's call with the signature beside it. */
  push(call: JsonObject, signature: string | undefined): void {
    const pieces = asArray(call.partialArgs)
      .map(asObject)
      .filter((piece) => piece !== undefined);
    const draft = this.#draftOf(call, pieces.length > 0);
    // The empty call that ends one is of no use where none is open.
    if (draft === undefined) return;
    const whole = asObject(typeof call.args === "string" ? parseJson(call.args) : call.args);
    if (whole !== undefined) draft.arguments.setAll(whole);
    for (const piece of pieces) draft.arguments.add(piece);
    draft.signature ??= signature;
    draft.isOpen = call.willContinue === true;
  }

  /**
   * Delivers the calls that are complete, each once.
   *
   * @param isWhole Whether the model said all that it had to say: then a call is complete although nothing has closed it.
   */
  deliver(isWhole: boolean): ToolCallPart[] {
    const parts: ToolCallPart[] = [];
    for (const { id, name, arguments: given, signature, isOpen } of this.#drafts) {
      const text = given.toJson();
      if (text === undefined || (isOpen && !isWhole)) continue;
      parts.push({
        type: "tool-call",
        index: this.#delivered++,
        // An id is what a tool's result refers to, so one that is missing must be unique in its conversation.
        id: id ?? `call_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`,
        name,
        arguments: text,
        ...(signature !== undefined && { extra: { google: { thought_signature: signature } } }),
      });
    }
    this.#drafts = [];
    return parts;
  }

  #draftOf(call: JsonObject, hasPieces: boolean): CallDraft | undefined {
    const id = asText(call.id);
    const name = asText(call.name);
    const open = this.#drafts.filter((draft) => draft.isOpen);
    const same = id === undefined ? undefined : open.find((draft) => draft.id === id);
    if (same !== undefined) return same;
    const last = open.at(-1);
    if (name === undefined) return last;
    // A name that is repeated beside a piece begins no other call.
    if (hasPieces && last?.name === name && (id === undefined || last.id === undefined)) return last;
    const draft = { id, name, arguments: new PartialArguments(), signature: undefined, isOpen: true };
    this.#drafts.push(draft);
    return draft;
  }
}
