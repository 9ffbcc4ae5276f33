import { asArray, asObject, asText, type JsonObject, lookUp } from "../_json.ts";
import type { Speech } from "../_speech.ts";
import type { ProviderPart } from "../provider.ts";
import { toReasoningDetail } from "./encrypted_reasoning.ts";
import { FunctionCalls } from "./function_calls.ts";
import { Said, type SlotKind } from "./said.ts";

/** A part of an item's content: what kind of words it holds, and the words. */
interface Words {
  kind: SlotKind;
  text: string;
  logprobs: readonly unknown[];
}

/** Reads the items of a response's output, from their events or from the response as a whole. */
export class OutputReader {
  readonly #speech: Speech;
  readonly #said = new Said();
  readonly #calls = new FunctionCalls();
  /** Whether an item shows its reasoning itself or a summary of it: one of them is enough. */
  readonly #shownReasoning = new Map<string, SlotKind>();
  #details: JsonObject[] = [];
  #hasForeignCall = false;

  constructor(speech: Speech) {
    this.#speech = speech;
  }

  /** Whether the model called a tool of the caller's. */
  get hasCall(): boolean {
    return this.#calls.hasAny || this.#hasForeignCall;
  }

  get hasRefused(): boolean {
    return this.#said.has("refusal");
  }

  readEvent(type: string, event: JsonObject, parts: ProviderPart[]): void {
    const slot = slotOf(event);
    const kind = lookUp(KIND_OF_EVENT, type.replace(/\.(delta|done)$/, ""));
    if (kind !== undefined) {
      const item = slot ?? "";
      const index = asIndex(event.content_index ?? event.summary_index);
      if (type.endsWith(".delta")) {
        const text = asText(event.delta);
        if (text !== undefined) this.#say(kind, item, index, { kind, text, logprobs: asArray(event.logprobs) }, parts);
      } else {
        const text = asText(event.text) ?? asText(event.refusal);
        if (text !== undefined) this.#fill(item, index, { kind, text, logprobs: asArray(event.logprobs) }, parts);
      }
      return;
    }
    switch (type) {
      case "response.content_part.done":
      case "response.reasoning_part.done":
      case "response.reasoning_summary_part.done": {
        const words = wordsOf(event.part);
        if (words !== undefined)
          this.#fill(slot ?? "", asIndex(event.content_index ?? event.summary_index), words, parts);
        break;
      }
      case "response.function_call_arguments.delta":
        this.#calls.addPiece(slot, asText(event.delta) ?? "");
        break;
      case "response.function_call_arguments.done":
        this.#calls.endArguments(event, slot);
        break;
      case "response.output_item.added":
      case "response.output_item.done":
        this.#readItem(asObject(event.item), slot, type.endsWith(".done"), parts);
        break;
    }
  }

  /** Takes what only the response as a whole tells. */
  readFinal(response: JsonObject, parts: ProviderPart[]): void {
    const items = asArray(response.output)
      .map(asObject)
      .filter((item) => item !== undefined);
    const isSilent = !this.#said.has("text", "refusal");
    const isThoughtless = !this.#said.has("summary", "reasoning");
    const isFirstSight = !this.#calls.hasAny;
    const hasDetails = this.#details.length > 0;
    for (const [index, item] of items.entries()) {
      // Numbered apart from the events, whose numbers need not be the same.
      const slot = `final ${index}`;
      if (item.type === "function_call") this.#calls.readFinalItem(item, isFirstSight);
      else if (item.type === "custom_tool_call") this.#hasForeignCall = true;
      else if (item.type === "message" && isSilent) this.#fillItem(item, slot, parts);
      else if (item.type === "reasoning") {
        if (isThoughtless) this.#fillItem(item, slot, parts);
        if (!hasDetails) this.#keepDetail(item);
      }
    }
    const text = asText(response.output_text);
    if (text !== undefined && isSilent && !this.#said.has("text", "refusal")) {
      this.#fill("final", 0, { kind: "text", text, logprobs: [] }, parts);
    }
  }

  /** Delivers what is given only as a whole: what the provider wants back, and the calls. */
  deliver(isWhole: boolean, parts: ProviderPart[]): void {
    if (this.#details.length > 0) parts.push({ type: "reasoning-details", details: this.#details });
    parts.push(...this.#calls.deliver(isWhole));
  }

  #readItem(item: JsonObject | undefined, slot: string | undefined, isDone: boolean, parts: ProviderPart[]): void {
    switch (item?.type) {
      case "function_call":
        this.#calls.readItem(item, slot);
        break;
      case "custom_tool_call":
        this.#hasForeignCall = true;
        break;
      case "message":
        if (isDone) this.#fillItem(item, slot ?? "", parts);
        break;
      case "reasoning":
        if (!isDone) break;
        this.#fillItem(item, slot ?? "", parts);
        this.#keepDetail(item);
        break;
    }
  }

  #keepDetail(item: JsonObject): void {
    const detail = toReasoningDetail(item, this.#details.length);
    if (detail !== undefined) this.#details.push(detail);
  }

  /** Says what of an item's content and summary has not been said. */
  #fillItem(item: JsonObject, slot: string, parts: ProviderPart[]): void {
    const content = typeof item.content === "string" ? [{ type: "output_text", text: item.content }] : item.content;
    for (const list of [asArray(content), asArray(item.summary)]) {
      for (const [index, part] of list.entries()) {
        const words = wordsOf(part, item.type === "reasoning");
        if (words !== undefined) this.#fill(slot, index, words, parts);
      }
    }
  }

  #fill(item: string, index: number, words: Words, parts: ProviderPart[]): void {
    const text = this.#said.missing(words.kind, `${item} ${index}`, words.text);
    if (text === "") return;
    const isWhole = text === words.text;
    this.#say(words.kind, item, index, { ...words, text, logprobs: isWhole ? words.logprobs : [] }, parts, isWhole);
  }

  #say(kind: SlotKind, item: string, index: number, words: Words, parts: ProviderPart[], isWhole = false): void {
    const { text } = words;
    if (kind === "summary" || kind === "reasoning") {
      const shown = this.#shownReasoning.get(item) ?? kind;
      this.#shownReasoning.set(item, shown);
      if (shown !== kind) return;
      this.#speech.sayReasoning(text, parts);
    } else {
      // Only what comes first can be all that there is.
      const isFirst = !this.#said.has("text", "refusal");
      const before = parts.length;
      this.#speech.sayText(text, parts, { logprobs: toLogprobs(words.logprobs), isWhole: isWhole && isFirst });
      if (kind === "refusal") markRefusal(parts, before);
    }
    this.#said.add(kind, `${item} ${index}`, text);
  }
}

function markRefusal(parts: ProviderPart[], from: number): void {
  for (const part of parts.slice(from)) if (part.type === "text") part.isRefusal = true;
}

const KIND_OF_EVENT: Readonly<Record<string, SlotKind>> = {
  "response.output_text": "text",
  "response.refusal": "refusal",
  "response.reasoning_summary_text": "summary",
  "response.reasoning_text": "reasoning",
};

/** The item to which an event belongs: by its index, since some servers give an item another id in every event. */
function slotOf(event: JsonObject): string | undefined {
  if (typeof event.output_index === "number") return `#${event.output_index}`;
  return asText(event.item_id) ?? asText(asObject(event.item)?.id);
}

function asIndex(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function wordsOf(value: unknown, isReasoning = false): Words | undefined {
  const part = asObject(value);
  const logprobs = asArray(part?.logprobs);
  const text = asText(part?.text) ?? asText(part?.refusal);
  if (text === undefined) return undefined;
  switch (part?.type) {
    case "output_text":
    case "text":
      return { kind: isReasoning ? "reasoning" : "text", text, logprobs };
    case "refusal":
      return { kind: "refusal", text, logprobs };
    case "reasoning_text":
      return { kind: "reasoning", text, logprobs };
    case "summary_text":
      return { kind: "summary", text, logprobs };
    default:
      return undefined;
  }
}

/** Tokens as the chat vocabulary writes them, which always names their bytes. */
function toLogprobs(logprobs: readonly unknown[]): readonly unknown[] {
  return logprobs.map((value) => {
    const token = asObject(value);
    return token === undefined || "bytes" in token ? value : { ...token, bytes: null };
  });
}
