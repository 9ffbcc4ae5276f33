import type { FinishReason } from "../../events/mod.ts";
import { classifyErrorObject, UpstreamError } from "../../failures/mod.ts";
import { asArray, asObject, asText, type JsonObject } from "../_json.ts";
import { hasErrorMark, isErrorSet, isFlatError } from "../_stated_error.ts";
import type { AnswerReader, ErrorContext } from "../http/mod.ts";
import type { ProviderPart } from "../provider.ts";
import { WholeCharacters } from "../whole_characters.ts";
import { failureOfFinishReason, finishWord, mayRunCalls, toFinishReason } from "./finish_reason.ts";
import { FunctionCalls } from "./function_calls.ts";
import { toLogProbs } from "./log_probs.ts";
import { toReasoningDetail } from "./signatures.ts";
import { UsageReport } from "./usage.ts";

/**
 * The state of one answer of `generateContent` while its chunks are read.
 *
 * A finish reason is no end: models that run code say `STOP` before they go on, and older ones say it in every chunk. So the
 * finish is held until the body ends, and an error that comes before that is one.
 */
export class GeminiAnswer implements AnswerReader {
  readonly #errors: ErrorContext;
  readonly #text = new WholeCharacters();
  readonly #reasoning = new WholeCharacters();
  readonly #calls = new FunctionCalls();
  readonly #usage = new UsageReport();
  readonly #signatures: string[] = [];
  #model = "";
  #reason: FinishReason | undefined;
  #hasFailed = false;
  #hasEnded = false;

  constructor(errors: ErrorContext) {
    this.#errors = errors;
  }

  get isFinished(): boolean {
    return this.#reason !== undefined && !this.#hasFailed;
  }

  isAnswer(wrapped: JsonObject): boolean {
    const body = unwrap(wrapped);
    return Array.isArray(body.candidates) || "promptFeedback" in body || "usageMetadata" in body;
  }

  /** Google sends none; proxies that speak other dialects too append theirs. */
  isEndMark(data: string): boolean {
    return data === "[DONE]";
  }

  readChunk(wrapped: JsonObject, parts: ProviderPart[]): void {
    const chunk = unwrap(wrapped);
    this.#readReport(chunk, parts);
    const candidate = firstCandidate(chunk);
    if (candidate !== undefined) this.#readContent(candidate, parts);
    if (isError(chunk)) this.readError(chunk);
    if (isBlocked(chunk)) this.readError(chunk);
    if (candidate !== undefined) this.#readFinish(candidate);
  }

  readWhole(body: JsonObject, parts: ProviderPart[]): void {
    this.readChunk(body, parts);
    // A whole answer is finished, whether it says so or not.
    if (this.isAnswer(body)) this.#reason ??= { unified: "stop" };
  }

  readError(error: unknown): void {
    this.#hasFailed = true;
    throw new UpstreamError(classifyErrorObject(error, { headers: this.#errors.headers, now: this.#errors.now() }));
  }

  end(_isMarked: boolean, parts: ProviderPart[]): void {
    if (this.#hasEnded || this.#reason === undefined || this.#hasFailed) return;
    this.#hasEnded = true;
    pushText("reasoning", this.#reasoning.end(), parts);
    pushText("text", this.#text.end(), parts);
    if (this.#signatures.length > 0) {
      parts.push({ type: "reasoning-details", details: this.#signatures.map(toReasoningDetail) });
    }
    const reason = this.#reason;
    const calls = mayRunCalls(reason) ? this.#calls.deliver(reason.unified === "stop") : [];
    parts.push(...calls);
    // Gemini has no word of its own for it.
    const hasCalled = reason.unified === "stop" && calls.length > 0;
    parts.push({ type: "finish", reason: hasCalled ? { ...reason, unified: "tool-calls" } : reason });
  }

  #readReport(chunk: JsonObject, parts: ProviderPart[]): void {
    const model = asText(chunk.modelVersion);
    if (this.#model === "" && model !== undefined) {
      this.#model = model;
      parts.push({ type: "model", model });
    }
    const usage = this.#usage.read(chunk);
    if (usage !== undefined) parts.push({ type: "usage", usage });
  }

  #readContent(candidate: JsonObject, parts: ProviderPart[]): void {
    const from = parts.length;
    for (const value of asArray(asObject(candidate.content)?.parts)) {
      const part = asObject(value);
      if (part !== undefined) this.#readPart(part, parts);
    }
    const said = parts.slice(from).filter((part) => part.type === "text");
    const [only] = said;
    if (only === undefined || said.length > 1) return;
    const logprobs = toLogProbs(candidate.logprobsResult, only.text);
    if (logprobs !== undefined) only.logprobs = logprobs;
  }

  #readPart(part: JsonObject, parts: ProviderPart[]): void {
    const signature = asText(part.thoughtSignature);
    const call = asObject(part.functionCall);
    if (call !== undefined) this.#calls.push(call, signature);
    else if (signature !== undefined) this.#signatures.push(signature);
    const text = asText(part.text);
    if (text === undefined) {
      // Calls, and what has no place in a text: code that was run, its output, images, signatures.
      if (Object.keys(part).some((key) => key !== "text") && parts.at(-1)?.type !== "progress") {
        parts.push({ type: "progress" });
      }
    } else if (part.thought === true) pushText("reasoning", this.#reasoning.push(text), parts);
    else pushText("text", this.#text.push(text), parts);
  }

  #readFinish(candidate: JsonObject): void {
    const word = finishWord(candidate.finishReason);
    if (word === undefined) return;
    const failure = failureOfFinishReason(word, asText(candidate.finishMessage));
    if (failure !== undefined) {
      this.#hasFailed = true;
      throw new UpstreamError(failure);
    }
    // Of several the last counts, as it came last.
    this.#reason = toFinishReason(word);
  }
}

function pushText(type: "text" | "reasoning", text: string, parts: ProviderPart[]): void {
  if (text !== "") parts.push({ type, text });
}

/** Candidate 0: others are no part of the answer. Its index is left out where it is 0. */
function firstCandidate(chunk: JsonObject): JsonObject | undefined {
  const candidates = asArray(chunk.candidates).map(asObject);
  return candidates.find((candidate) => candidate !== undefined && (candidate.index ?? 0) === 0);
}

function isBlocked(chunk: JsonObject): boolean {
  const reason = asObject(chunk.promptFeedback)?.blockReason;
  if (typeof reason === "string") return reason !== "" && !/^BLOCK(ED)?_REASON_UNSPECIFIED$/.test(reason);
  return typeof reason === "number" && reason !== 0;
}

/** Google's own shape, or the flat one of a proxy. */
function isError(chunk: JsonObject): boolean {
  if (isErrorSet(chunk.error) || hasErrorMark(chunk)) return true;
  if ("candidates" in chunk || "usageMetadata" in chunk || "promptFeedback" in chunk) return false;
  return asObject(chunk.error) !== undefined || isFlatError(chunk);
}

/** Google's endpoint for code assistants, and proxies of it, wrap what the others say. */
function unwrap(chunk: JsonObject): JsonObject {
  return "candidates" in chunk || "error" in chunk ? chunk : (asObject(chunk.response) ?? chunk);
}
