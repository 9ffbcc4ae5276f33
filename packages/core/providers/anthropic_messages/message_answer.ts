import type { FinishReason } from "../../events/mod.ts";
import { classifyErrorObject, UpstreamError } from "../../failures/mod.ts";
import { asArray, asObject, asText, type JsonObject, parseJson } from "../_json.ts";
import { Speech } from "../_speech.ts";
import type { AnswerReader, ErrorContext } from "../http/mod.ts";
import type { ProviderPart } from "../provider.ts";
import { findError, typeOf } from "./event_type.ts";
import { failureOfStopReason, toFinishReason } from "./finish_reason.ts";
import { type ReasoningDraft, toReasoningDetails } from "./reasoning_blocks.ts";
import { ToolUses } from "./tool_uses.ts";
import { UsageReports } from "./usage.ts";

/** What an answer is read with. */
export interface MessageAnswerOptions extends ErrorContext {
  /** The tool whose input is the answer's text: the one that was forced on the model to make it write JSON. */
  jsonTool?: string | undefined;
}

/** What becomes of a block's pieces; `ignored` are the provider's own tools, and what nobody knows yet. */
type BlockKind = "text" | "reasoning" | "tool" | "json" | "ignored";

const IGNORED_TYPES = /^(server_tool_use|mcp_tool_use|.*_tool_result)$/;

/** The state of one answer of the Messages API while its events are read, and what each event adds to it. */
export class MessageAnswer implements AnswerReader {
  readonly #options: MessageAnswerOptions;
  readonly #speech = new Speech();
  readonly #usage = new UsageReports();
  readonly #toolUses = new ToolUses();
  /** By the block's index. */
  readonly #kinds = new Map<number, BlockKind>();
  readonly #reasoning = new Map<number, ReasoningDraft>();
  #lastIndex = -1;
  #messageId: string | undefined;
  #model = "";
  /** Whether the tool whose input is the text was called, and with what so far. */
  #json: "uncalled" | "empty" | "said" = "uncalled";
  #stopReason: string | undefined;
  #isFinished = false;

  constructor(options: MessageAnswerOptions) {
    this.#options = options;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  isAnswer(body: JsonObject): boolean {
    return findError(body) === undefined && typeOf(body) !== undefined;
  }

  /** `[DONE]` is none: gateways send it after a failure too, and nothing but a stop reason or this event ends a message. */
  isEndMark(data: string): boolean {
    return data.includes('"message_stop"') && asObject(parseJson(data))?.type === "message_stop";
  }

  readChunk(chunk: JsonObject, parts: ProviderPart[]): void {
    const error = findError(chunk);
    if (error !== undefined) {
      this.readError(error);
      return;
    }
    switch (typeOf(chunk)) {
      case "message_start":
        this.#startMessage(asObject(chunk.message) ?? {}, parts);
        break;
      case "content_block_start":
        this.#startBlock(this.#indexOf(chunk, true), asObject(chunk.content_block) ?? {}, parts, false);
        break;
      case "content_block_delta":
        this.#readDelta(this.#indexOf(chunk, false), asObject(chunk.delta) ?? {}, parts);
        break;
      case "message_delta":
        this.#readReport(chunk.usage ?? asObject(chunk.delta)?.usage, parts);
        this.#stop(asText(asObject(chunk.delta)?.stop_reason), parts);
        break;
      case "message_stop":
        this.#finish(parts);
        break;
      case "message":
        this.readWhole(chunk, parts);
        break;
    }
  }

  readWhole(body: JsonObject, parts: ProviderPart[]): void {
    if (typeOf(body) !== "message") {
      this.readChunk(body, parts);
      return;
    }
    this.#readMessage(body, parts, true);
    const error = findError(body);
    if (error !== undefined) {
      this.readError(error);
      return;
    }
    this.#stop(asText(body.stop_reason), parts);
    this.#finish(parts);
  }

  readError(error: unknown): void {
    if (this.#isFinished) return;
    const { headers, now } = this.#options;
    throw new UpstreamError(classifyErrorObject(error, { headers, now: now() }));
  }

  end(isMarked: boolean, parts: ProviderPart[]): void {
    if (this.#isFinished) {
      // What came after the stop reason.
      this.#speech.end(parts);
      parts.push(...this.#toolUses.deliver(true));
    }
    // A reason that stood in the first event ends the message where no other event does.
    else if (isMarked || this.#stopReason !== undefined) this.#finish(parts);
    else this.#speech.cut(parts);
  }

  #startMessage(message: JsonObject, parts: ProviderPart[]): void {
    const id = asText(message.id);
    const isAnother = this.#messageId !== undefined && id !== undefined && id !== this.#messageId;
    if (isAnother && this.#kinds.size > 0) {
      // A gateway has begun anew: the first message was cut, and what both say does not belong together.
      throw new UpstreamError({ code: "cut", action: "retry", detail: "a second message began within the first" });
    }
    this.#messageId = id ?? this.#messageId;
    this.#readMessage(message, parts, false);
    // The model has not finished yet: events of blocks may still follow.
    this.#stopReason = asText(message.stop_reason);
  }

  #readMessage(message: JsonObject, parts: ProviderPart[], isWhole: boolean): void {
    const model = asText(message.model);
    if (model !== undefined && model !== this.#model) {
      this.#model = model;
      parts.push({ type: "model", model });
    }
    this.#readReport(message.usage, parts);
    // A message that goes on after tools were run by code begins with the calls that are still open.
    for (const value of contentOf(message)) {
      const block = asObject(value);
      if (block !== undefined) this.#startBlock(this.#lastIndex + 1, block, parts, isWhole);
    }
  }

  #readReport(report: unknown, parts: ProviderPart[]): void {
    const usage = this.#usage.push(report);
    if (usage !== undefined) parts.push({ type: "usage", usage });
  }

  #indexOf(chunk: JsonObject, isStart: boolean): number {
    if (typeof chunk.index === "number") return chunk.index;
    return isStart ? this.#lastIndex + 1 : Math.max(this.#lastIndex, 0);
  }

  #startBlock(index: number, block: JsonObject, parts: ProviderPart[], isWhole: boolean): void {
    this.#lastIndex = index;
    const kind = this.#kindOf(block);
    this.#kinds.set(index, kind);
    switch (kind) {
      case "text":
        this.#speech.sayText(asText(block.text) ?? "", parts, { isWhole });
        break;
      case "reasoning":
        this.#reasoning.set(index, { thinking: "", signature: "", data: asText(block.data) ?? "" });
        this.#think(index, asText(block.thinking) ?? "", asText(block.signature) ?? "", parts);
        addProgress(parts);
        break;
      case "tool":
        this.#toolUses.start(index, block);
        addProgress(parts);
        break;
      case "json": {
        const input = asObject(block.input) ?? {};
        this.#json = "empty";
        this.#sayJson(Object.keys(input).length > 0 ? JSON.stringify(input) : "", parts);
        break;
      }
      case "ignored":
        if (IGNORED_TYPES.test(asText(block.type) ?? "")) addProgress(parts);
        break;
    }
  }

  #kindOf({ type, name }: JsonObject): BlockKind {
    if (type === "text") return "text";
    if (type === "thinking" || type === "redacted_thinking") return "reasoning";
    if (type !== "tool_use") return "ignored";
    return this.#options.jsonTool !== undefined && name === this.#options.jsonTool ? "json" : "tool";
  }

  #readDelta(index: number, delta: JsonObject, parts: ProviderPart[]): void {
    // Look-alikes that leave out the event which opens a block: the piece tells what it is.
    const kind = this.#kinds.get(index) ?? this.#openBlock(index, delta, parts);
    switch (kind) {
      case "text":
        this.#speech.sayText(asText(delta.text) ?? "", parts);
        break;
      case "reasoning":
        this.#think(index, asText(delta.thinking) ?? "", asText(delta.signature) ?? "", parts);
        break;
      case "tool":
        this.#toolUses.push(index, jsonPieceOf(delta));
        addProgress(parts);
        break;
      case "json":
        this.#sayJson(jsonPieceOf(delta), parts);
        break;
      case "ignored":
        if (delta.type === "input_json_delta") addProgress(parts);
        break;
    }
  }

  #openBlock(index: number, delta: JsonObject, parts: ProviderPart[]): BlockKind {
    const type = typeof delta.thinking === "string" ? "thinking" : typeof delta.text === "string" ? "text" : undefined;
    if (type === undefined) return "ignored";
    this.#startBlock(index, { type }, parts, false);
    return this.#kindOf({ type });
  }

  #sayJson(text: string, parts: ProviderPart[]): void {
    if (text === "") return;
    this.#json = "said";
    this.#speech.sayText(text, parts);
  }

  #think(index: number, thinking: string, signature: string, parts: ProviderPart[]): void {
    const draft = this.#reasoning.get(index);
    if (draft !== undefined) {
      draft.thinking += thinking;
      draft.signature += signature;
    }
    if (thinking !== "") this.#speech.sayReasoning(thinking, parts);
    else if (signature !== "") addProgress(parts);
  }

  #stop(reason: string | undefined, parts: ProviderPart[]): void {
    if (reason === undefined || this.#isFinished) return;
    const failure = failureOfStopReason(reason);
    if (failure !== undefined) throw new UpstreamError(failure);
    this.#stopReason = reason;
    this.#finish(parts);
  }

  /** The model has finished, by its own word or by the end mark of the stream alone; only the first time counts. */
  #finish(parts: ProviderPart[]): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    const reason: FinishReason =
      this.#stopReason === undefined ? { unified: "stop" } : toFinishReason(this.#stopReason);
    const isWhole = reason.unified === "stop" || reason.unified === "tool-calls";
    if (isWhole && this.#json === "empty") this.#sayJson("{}", parts);
    this.#speech.end(parts);
    const calls = this.#toolUses.deliver(isWhole);
    parts.push(...calls);
    // Look-alikes say that the turn has ended although tools were called, and JSON is no call of the caller's tools.
    if (reason.unified === "stop" && calls.length > 0) reason.unified = "tool-calls";
    if (reason.unified === "tool-calls" && calls.length === 0 && this.#json !== "uncalled") reason.unified = "stop";
    const details = toReasoningDetails(this.#reasoning.values());
    if (details.length > 0) parts.push({ type: "reasoning-details", details });
    parts.push({ type: "finish", reason });
  }
}

/** The blocks of a message; older and odd servers give the text alone. */
function contentOf({ content }: JsonObject): readonly unknown[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : asArray(content);
}

function jsonPieceOf({ partial_json: piece }: JsonObject): string {
  if (typeof piece === "string") return piece;
  return piece === undefined || piece === null ? "" : JSON.stringify(piece);
}

function addProgress(parts: ProviderPart[]): void {
  if (parts.at(-1)?.type !== "progress") parts.push({ type: "progress" });
}
