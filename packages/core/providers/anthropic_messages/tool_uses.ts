import { asObject, asText, type JsonObject, parseJson } from "../_json.ts";
import { newToolCallId } from "../_tool_call_id.ts";
import type { ProviderPart } from "../provider.ts";

interface ToolUseDraft {
  id: string | undefined;
  name: string;
  /** The input that stood in the block's first event, as JSON text; empty if there was none. */
  given: string;
  /** The pieces of the input so far. */
  pieces: string;
  /** The last of them. */
  last: string;
}

type ToolCallPart = Extract<ProviderPart, { type: "tool-call" }>;

/** Assembles the calls of a caller's tools from the blocks of type `tool_use`, by the block's index. */
export class ToolUses {
  readonly #drafts = new Map<number, ToolUseDraft>();
  #delivered = 0;

  start(index: number, block: JsonObject): void {
    const input = asObject(block.input);
    const isGiven = input !== undefined && Object.keys(input).length > 0;
    this.#drafts.set(index, {
      id: asText(block.id),
      name: asText(block.name) ?? "",
      given: isGiven ? JSON.stringify(input) : typeof block.input === "string" ? block.input : "",
      pieces: "",
      last: "",
    });
  }

  push(index: number, piece: string): void {
    const draft = this.#drafts.get(index);
    if (draft === undefined || piece === "") return;
    draft.pieces += piece;
    draft.last = piece;
  }

  /**
   * Delivers the calls that are complete, each once: those whose input is a JSON object. What the model could not finish is dropped.
   *
   * @param isWhole Whether the model said all that it had to say; if it was cut off, only what is certain is delivered.
   */
  deliver(isWhole: boolean): ToolCallPart[] {
    const parts: ToolCallPart[] = [];
    for (const draft of this.#drafts.values()) {
      const text = completeInput(draft, isWhole);
      if (draft.name === "" || text === undefined) continue;
      const id = draft.id ?? newToolCallId();
      parts.push({ type: "tool-call", index: this.#delivered++, id, name: draft.name, arguments: text });
    }
    this.#drafts.clear();
    return parts;
  }
}

/** The input as JSON text; `undefined` if there is none. */
function completeInput({ given, pieces, last }: ToolUseDraft, isWhole: boolean): string | undefined {
  if (isObjectText(pieces)) return pieces;
  if (pieces.trim() === "") {
    if (isObjectText(given)) return given;
    // A tool without parameters is called with no piece of input at all.
    return isWhole && given.trim() === "" ? "{}" : undefined;
  }
  if (!isWhole) return undefined;
  // Gateways that send the whole input so far each time, or a placeholder `{}` before it: the last piece is the whole.
  return isObjectText(last) ? last : undefined;
}

function isObjectText(text: string): boolean {
  return text.trimStart().startsWith("{") && asObject(parseJson(text)) !== undefined;
}
