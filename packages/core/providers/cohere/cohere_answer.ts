import type { FinishReason, Usage } from "../../events/mod.ts";
import { classifyErrorObject, UpstreamError, type UpstreamFailure } from "../../failures/mod.ts";
import { asArray, asCount, asObject, asText, type JsonObject } from "../_json.ts";
import { Speech } from "../_speech.ts";
import type { AnswerReader, ErrorContext } from "../http/mod.ts";
import { toFinishReason } from "../openai_chat/finish_reason.ts";
import { ToolCallAssembler } from "../openai_chat/tool_calls.ts";
import type { ProviderPart } from "../provider.ts";

/** The names of a stream's events begin with one of these. */
const EVENT = /^(message|content|tool-plan|tool-call|citation)-|^debug$/;

/**
 * The state of one answer of Cohere's chat endpoint while its events are read: each has a `type`, and `message-end` is the last.
 *
 * @see https://docs.cohere.com/v2/docs/streaming
 */
export class CohereAnswer implements AnswerReader {
  readonly #errors: ErrorContext;
  readonly #speech = new Speech();
  readonly #toolCalls = new ToolCallAssembler();
  #isFinished = false;

  constructor(errors: ErrorContext) {
    this.#errors = errors;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Nothing follows the event that says why the model stopped. */
  get isAtEnd(): boolean {
    return this.#isFinished;
  }

  isAnswer(body: JsonObject): boolean {
    return EVENT.test(asText(body.type) ?? "") || asObject(body.message) !== undefined;
  }

  isEndMark(data: string): boolean {
    return data === "[DONE]";
  }

  readChunk(chunk: JsonObject, parts: ProviderPart[]): void {
    if (this.#isFinished) return;
    const delta = asObject(chunk.delta);
    const message = asObject(delta?.message);
    switch (chunk.type) {
      case "content-start":
      case "content-delta":
        this.#readItem(asObject(message?.content), parts, false);
        return;
      case "tool-plan-delta":
        this.#speech.sayReasoning(asText(message?.tool_plan) ?? "", parts);
        return;
      case "tool-call-start":
      case "tool-call-delta":
        this.#toolCalls.push({ tool_calls: [{ ...asObject(message?.tool_calls), index: chunk.index }] });
        parts.push({ type: "progress" });
        return;
      case "message-end":
        this.#finish(delta ?? {}, parts);
        return;
    }
    // The bare body of a refusal is a message in words; an answer in one piece has an object there.
    if (!this.isAnswer(chunk)) this.readError(chunk);
    else if (chunk.type === undefined) this.readWhole(chunk, parts);
  }

  readWhole(body: JsonObject, parts: ProviderPart[]): void {
    const message = asObject(body.message);
    if (message === undefined) {
      this.readError(body);
      return;
    }
    this.#speech.sayReasoning(asText(message.tool_plan) ?? "", parts);
    for (const item of asArray(message.content)) this.#readItem(asObject(item), parts, true);
    this.#toolCalls.push(message);
    this.#finish(body, parts);
  }

  readError(error: unknown): void {
    if (this.#isFinished) return;
    throw new UpstreamError(classifyErrorObject(error, { headers: this.#errors.headers, now: this.#errors.now() }));
  }

  end(_isMarked: boolean, parts: ProviderPart[]): void {
    // A foreign end mark is not enough: an answer without its reason was cut.
    if (!this.#isFinished) this.#speech.cut(parts);
  }

  #readItem(item: JsonObject | undefined, parts: ProviderPart[], isWhole: boolean): void {
    this.#speech.sayReasoning(asText(item?.thinking) ?? "", parts);
    this.#speech.sayText(asText(item?.text) ?? "", parts, { isWhole });
  }

  /** Takes the reason and the usage, which stand side by side in the last event and in an answer in one piece. */
  #finish(end: JsonObject, parts: ProviderPart[]): void {
    const usage = readUsage(asObject(end.usage));
    if (usage !== undefined) parts.push({ type: "usage", usage });
    const raw = asText(end.finish_reason);
    // Without a reason it is no end: the connection's own will tell that the answer was cut.
    if (raw === undefined) return;
    const failure = failureOf(raw);
    if (failure !== undefined) {
      if (asText(end.error) !== undefined) this.readError({ error: { message: end.error } });
      throw new UpstreamError(failure);
    }
    this.#speech.end(parts);
    const reason: FinishReason = toFinishReason(raw);
    if (raw === "ERROR_TOXIC") reason.unified = "content-filter";
    const calls = this.#toolCalls.deliver(reason.unified === "stop" || reason.unified === "tool-calls");
    parts.push(...calls);
    if (reason.unified === "stop" && calls.length > 0) reason.unified = "tool-calls";
    this.#isFinished = true;
    parts.push({ type: "finish", reason });
  }
}

/** The failure that stands as a reason to stop. */
function failureOf(raw: string): UpstreamFailure | undefined {
  const detail = `finish reason '${raw.slice(0, 100)}'`;
  if (raw === "ERROR") return { code: "server-error", action: "retry", detail };
  if (raw === "TIMEOUT") return { code: "upstream-timeout", action: "retry", detail };
  return undefined;
}

/** The tokens that went through the model; those that are billed leave out what Cohere adds by itself. */
function readUsage(report: JsonObject | undefined): Usage | undefined {
  const tokens = asObject(report?.tokens) ?? asObject(report?.billed_units);
  const usage: Usage = {};
  const inputTokens = asCount(tokens?.input_tokens);
  if (inputTokens !== undefined) usage.inputTokens = inputTokens;
  const cachedInputTokens = asCount(report?.cached_tokens);
  if (cachedInputTokens !== undefined) usage.cachedInputTokens = cachedInputTokens;
  const outputTokens = asCount(tokens?.output_tokens);
  if (outputTokens !== undefined) usage.outputTokens = outputTokens;
  return Object.keys(usage).length > 0 ? usage : undefined;
}
