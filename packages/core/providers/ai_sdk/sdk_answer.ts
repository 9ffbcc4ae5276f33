import type { FinishReason, Usage } from "../../events/mod.ts";
import { UpstreamError } from "../../failures/mod.ts";
import { asCount, asObject, asText, type JsonObject, parseJson } from "../_json.ts";
import { AnswerSize } from "../http/mod.ts";
import type { ProviderPart } from "../provider.ts";
import { WholeCharacters } from "../whole_characters.ts";
import type { AiSdkPart } from "./model.ts";
import { toExtra, toReasoningDetail } from "./round_trip.ts";
import { classifySdkError, isCutReport, isUnreadableEvent } from "./sdk_failure.ts";

type ToolCallPart = Extract<ProviderPart, { type: "tool-call" }>;

/** More unreadable events in a row than this are no accident. */
const MAX_UNREADABLE_IN_A_ROW = 3;

/** The state of one answer while a model's parts are read, and what each adds to it. */
export class SdkAnswer {
  readonly #now: () => number;
  readonly #size: AnswerSize;
  readonly #text = new WholeCharacters();
  readonly #reasoning = new WholeCharacters();
  /** Text and metadata of the blocks of reasoning, in the order in which they began. */
  readonly #blocks = new Map<string, { text: string; metadata: JsonObject }>();
  readonly #toolCalls: ToolCallPart[] = [];
  #unreadableInARow = 0;
  #isCut = false;
  #isFinished = false;

  constructor({ maxChars, now }: { maxChars: number; now: () => number }) {
    this.#size = new AnswerSize(maxChars);
    this.#now = now;
  }

  /** Whether the model has finished; an error after it is no failure. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /**
   * Reads one part into `parts`.
   *
   * @throws {UpstreamError} If it is an error and the model has not finished; `parts` has what came before it.
   */
  read(part: AiSdkPart, parts: ProviderPart[]): void {
    const from = parts.length;
    this.#readPart(part, parts);
    if (this.#isFinished || this.#size.add(charsOf(part), parts, from)) return;
    const detail = "an answer beyond the limit of its length";
    throw new UpstreamError({ code: "malformed", action: "fallback", detail });
  }

  #readPart(part: AiSdkPart, parts: ProviderPart[]): void {
    if (part.type !== "error" && part.type !== "raw") this.#unreadableInARow = 0;
    switch (part.type) {
      case "text-delta":
        push("text", this.#text.push(part.delta), parts);
        break;
      case "reasoning-start":
      case "reasoning-end":
        this.#readBlock(part.id, "", part.providerMetadata);
        progress(parts);
        break;
      case "reasoning-delta":
        this.#readBlock(part.id, part.delta, part.providerMetadata);
        push("reasoning", this.#reasoning.push(part.delta), parts);
        // Signatures come as empty deltas.
        if (part.delta === "") progress(parts);
        break;
      case "tool-call":
        this.#readToolCall(part);
        progress(parts);
        break;
      case "response-metadata":
        if (asText(part.modelId) !== undefined) parts.push({ type: "model", model: String(part.modelId) });
        break;
      case "finish":
        this.#readFinish(part, parts);
        break;
      case "error":
        this.#readError(part.error);
        break;
      case "text-start":
      case "text-end":
      case "stream-start":
      case "ping":
      case "raw":
        break;
      default:
        // Arguments on their way, tools that the provider runs itself, files, sources, and what later versions may add.
        progress(parts);
    }
  }

  #readBlock(id: string, delta: string, metadata: unknown): void {
    const block = this.#blocks.get(id) ?? { text: "", metadata: {} };
    block.text += delta;
    const merged: Record<string, unknown> = { ...block.metadata };
    for (const [name, own] of Object.entries(asObject(metadata) ?? {})) {
      merged[name] = { ...asObject(merged[name]), ...asObject(own) };
    }
    block.metadata = merged;
    this.#blocks.set(id, block);
  }

  /** A call that cannot be run is dropped, and so is one that the provider runs itself. */
  #readToolCall(part: Extract<AiSdkPart, { type: "tool-call" }>): void {
    const text = part.input.trim() === "" ? "{}" : part.input;
    if (part.providerExecuted === true || parseJson(text) === undefined) return;
    const extra = toExtra(part.providerMetadata);
    this.#toolCalls.push({
      type: "tool-call",
      index: this.#toolCalls.length,
      id: part.toolCallId,
      name: part.toolName,
      arguments: text,
      ...(extra !== undefined && { extra }),
    });
  }

  #readFinish(part: Extract<AiSdkPart, { type: "finish" }>, parts: ProviderPart[]): void {
    if (this.#isFinished) return;
    pushUsage(part.usage, parts);
    const reason = toFinishReason(part.finishReason);
    if (reason === "error") {
      if (this.#isCut) return;
      const detail = `finish reason '${String(asObject(part.finishReason)?.raw ?? "error").slice(0, 100)}'`;
      throw new UpstreamError({ code: "server-error", action: "retry", detail });
    }
    if (reason === undefined) return;
    push("reasoning", this.#reasoning.end(), parts);
    push("text", this.#text.end(), parts);
    const details = [...this.#blocks.values()].map(({ text, metadata }) => toReasoningDetail(text, metadata));
    const wanted = details.filter((detail) => detail !== undefined);
    if (wanted.length > 0) parts.push({ type: "reasoning-details", details: wanted });
    parts.push(...this.#toolCalls);
    if (reason.unified === "stop" && this.#toolCalls.length > 0) reason.unified = "tool-calls";
    this.#isFinished = true;
    parts.push({ type: "finish", reason });
  }

  #readError(error: unknown): void {
    if (this.#isFinished) return;
    if (isCutReport(error)) {
      this.#isCut = true;
      return;
    }
    if (isUnreadableEvent(error) && ++this.#unreadableInARow <= MAX_UNREADABLE_IN_A_ROW) return;
    throw new UpstreamError(classifySdkError(error, { stage: "body", now: this.#now() }), { cause: error });
  }
}

/** What a part makes the answer grow by, where it says nothing. */
function charsOf(part: AiSdkPart): number {
  if (part.type === "tool-call") return part.input.length;
  return part.type === "tool-input-delta" || part.type === "reasoning-delta" ? part.delta.length : 1;
}

/** The reason in our words; `undefined` where the model gave none, which is a cut. */
function toFinishReason(given: unknown): FinishReason | "error" | undefined {
  // The second version of the specification has one word, later ones have the provider's own beside it.
  const word = typeof given === "string" ? given : asObject(given)?.unified;
  const raw = asText(asObject(given)?.raw);
  switch (word) {
    case "stop":
    case "length":
    case "tool-calls":
    case "content-filter":
      return { unified: word, ...(raw !== undefined && { raw }) };
    case "error":
      return "error";
    // Packages begin with one of these, and keep it until the model has given a word of its own.
    case "interrupted":
    case "unknown":
      return undefined;
    default:
      return raw === undefined && typeof given !== "string"
        ? undefined
        : { unified: "other", ...(raw !== undefined && { raw }) };
  }
}

function pushUsage(report: unknown, parts: ProviderPart[]): void {
  const usage = toUsage(asObject(report) ?? {});
  if (Object.keys(usage).length > 0) parts.push({ type: "usage", usage });
  const cost = asCount(asObject(asObject(report)?.raw)?.cost);
  if (cost !== undefined) parts.push({ type: "cost", cost: { amount: cost, currency: "USD", source: "provider" } });
}

/** From the flat numbers of the second version, or the later ones' numbers by kind. */
function toUsage(report: JsonObject): Usage {
  const input = asObject(report.inputTokens);
  const output = asObject(report.outputTokens);
  const usage: Usage = {};
  const inputTokens = asCount(input?.total) ?? asCount(report.inputTokens);
  const outputTokens = asCount(output?.total) ?? asCount(report.outputTokens);
  // Packages put 0 for a part that was not reported, so that only more than 0 says anything.
  const cachedInputTokens = asCount(input?.cacheRead) || asCount(report.cachedInputTokens);
  const reasoningTokens = asCount(output?.reasoning) || asCount(report.reasoningTokens);
  if (inputTokens !== undefined) usage.inputTokens = inputTokens;
  if (cachedInputTokens) usage.cachedInputTokens = cachedInputTokens;
  if (outputTokens !== undefined) usage.outputTokens = outputTokens;
  if (reasoningTokens) usage.reasoningTokens = reasoningTokens;
  return usage;
}

function push(type: "text" | "reasoning", text: string, parts: ProviderPart[]): void {
  if (text !== "") parts.push({ type, text });
}

function progress(parts: ProviderPart[]): void {
  if (parts.at(-1)?.type !== "progress") parts.push({ type: "progress" });
}
