import type { FinishReason, Usage } from "../../events/mod.ts";
import { classifyErrorObject, UpstreamError } from "../../failures/mod.ts";
import { asArray, asCount, asObject, asText, type JsonObject } from "../_json.ts";
import { Speech } from "../_speech.ts";
import type { AnswerReader, ErrorContext } from "../http/mod.ts";
import { toFinishReason } from "../openai_chat/finish_reason.ts";
import type { ProviderPart } from "../provider.ts";
import { findError } from "./in_band_error.ts";
import { readToolCalls, type ToolCallPart } from "./tool_calls.ts";

/** The state of one answer of Ollama's chat endpoint while its lines are read: the last one says `done`. */
export class OllamaAnswer implements AnswerReader {
  readonly #errors: ErrorContext;
  readonly #speech = new Speech();
  readonly #toolCalls: ToolCallPart[] = [];
  #model = "";
  #isFinished = false;

  constructor(errors: ErrorContext) {
    this.#errors = errors;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** The line that says `done` is the last. */
  get isAtEnd(): boolean {
    return this.#isFinished;
  }

  isAnswer(body: JsonObject): boolean {
    return typeof body.done === "boolean" || asObject(body.message) !== undefined;
  }

  isEndMark(data: string): boolean {
    return data === "[DONE]";
  }

  readChunk(chunk: JsonObject, parts: ProviderPart[]): void {
    if (this.#isFinished) return;
    if (this.#model === "") {
      this.#model = asText(chunk.model) ?? "";
      if (this.#model !== "") parts.push({ type: "model", model: this.#model });
    }
    const isLast = chunk.done === true;
    const message = asObject(chunk.message);
    if (message !== undefined) this.#readMessage(message, chunk, parts);
    const error = findError(chunk, this.isAnswer(chunk));
    if (error !== undefined) this.readError(error);
    if (isLast) this.#finish(chunk, parts);
  }

  readWhole(body: JsonObject, parts: ProviderPart[]): void {
    this.readChunk(body, parts);
  }

  readError(error: unknown): void {
    if (this.#isFinished) return;
    throw new UpstreamError(classifyErrorObject(error, { headers: this.#errors.headers, now: this.#errors.now() }));
  }

  end(_isMarked: boolean, parts: ProviderPart[]): void {
    // A foreign end mark is not enough: an answer without `done` was cut.
    if (!this.#isFinished) this.#speech.cut(parts);
  }

  #readMessage(message: JsonObject, chunk: JsonObject, parts: ProviderPart[]): void {
    const thinking = asText(message.thinking);
    if (thinking !== undefined) this.#speech.sayReasoning(thinking, parts);
    const text = asText(message.content);
    if (text !== undefined) {
      const isWhole = chunk.done === true && !this.#speech.hasText;
      this.#speech.sayText(text, parts, { logprobs: asArray(chunk.logprobs), isWhole });
    }
    const calls = readToolCalls(message.tool_calls, this.#toolCalls.length);
    if (calls.length === 0) return;
    this.#toolCalls.push(...calls);
    parts.push({ type: "progress" });
  }

  #finish(chunk: JsonObject, parts: ProviderPart[]): void {
    this.#speech.end(parts);
    parts.push(...this.#toolCalls);
    const usage = readUsage(chunk);
    if (usage !== undefined) parts.push({ type: "usage", usage });
    const raw = asText(chunk.done_reason);
    // Servers before 0.1.30 give no reason.
    const reason: FinishReason = raw === undefined ? { unified: "stop" } : toFinishReason(raw);
    if (reason.unified === "stop" && this.#toolCalls.length > 0) reason.unified = "tool-calls";
    this.#isFinished = true;
    parts.push({ type: "finish", reason });
  }
}

function readUsage(chunk: JsonObject): Usage | undefined {
  const usage: Usage = {};
  // Absent where the whole prompt was still in the cache of an older server: unknown, not zero.
  const inputTokens = asCount(chunk.prompt_eval_count);
  if (inputTokens !== undefined) usage.inputTokens = inputTokens;
  const outputTokens = asCount(chunk.eval_count);
  if (outputTokens !== undefined) usage.outputTokens = outputTokens;
  return Object.keys(usage).length > 0 ? usage : undefined;
}
