import { type FinishReason, TokenRuns, type Usage } from "../../events/mod.ts";
import { classifyErrorObject, UpstreamError } from "../../failures/mod.ts";
import { asArray, asObject, asText, type JsonObject } from "../_json.ts";
import type { AnswerReader, ErrorContext } from "../http/mod.ts";
import type { ProviderPart } from "../provider.ts";
import { WholeCharacters } from "../whole_characters.ts";
import { AlikeChunks } from "./alike_chunks.ts";
import { readContent } from "./content.ts";
import { isDoneMark } from "./done_mark.ts";
import { failureOfFinishReason, finishWord, toFinishReason } from "./finish_reason.ts";
import { findError } from "./in_band_error.ts";
import { readLogprobs } from "./logprobs.ts";
import { ReasoningDetailsAssembler } from "./reasoning_details.ts";
import { ThinkTagSplitter } from "./think_tags.ts";
import { ToolCallAssembler } from "./tool_calls.ts";
import { readUsage } from "./usage.ts";

/**
 * The state of one answer while its chunks are read, and what each chunk adds to it.
 *
 * Parts go into the caller's batch, so that what a chunk said before it failed is not lost.
 */
export class ChatAnswer implements AnswerReader {
  readonly #errors: ErrorContext;
  readonly #alike = new AlikeChunks();
  readonly #thinkTags = new ThinkTagSplitter();
  readonly #text = new WholeCharacters();
  /** The tokens of what was said as text and is not released. */
  readonly #tokens = new TokenRuns();
  readonly #reasoning = new WholeCharacters();
  readonly #reasoningDetails = new ReasoningDetailsAssembler();
  readonly #toolCalls = new ToolCallAssembler();
  #model = "";
  #usage: Usage = {};
  #cost: number | undefined;
  #hasText = false;
  #hasToolCall = false;
  #hasRefused = false;
  #isFinished = false;

  constructor(errors: ErrorContext) {
    this.#errors = errors;
  }

  /** Whether the model has finished; an error after it is no failure. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  isAnswer(body: JsonObject): boolean {
    return Array.isArray(body.choices);
  }

  isEndMark(data: string): boolean {
    return isDoneMark(data);
  }

  /**
   * Reads one chunk of a stream.
   *
   * @throws {UpstreamError} If the chunk is or holds an error and the model has not finished.
   */
  readChunk(chunk: JsonObject, parts: ProviderPart[], data?: string): void {
    const choices = ownChoices(chunk);
    if (data !== undefined) this.#alike.learn(data, chunk);
    this.#readReport(chunk, choices[0], parts);
    for (const choice of choices) {
      // Perplexity sends the whole message so far beside each delta: it counts only where there is no delta.
      const delta = asObject(choice.delta) ?? (this.#hasText ? undefined : wholeMessage(choice));
      if (delta !== undefined) this.#readMessage(delta, choice, parts, false);
    }
    this.#readEnd(chunk, choices, parts);
  }

  readAlike(data: string, parts: ProviderPart[]): boolean {
    const text = this.#alike.textOf(data);
    if (text === undefined) return false;
    this.#tokens.push(text.length);
    this.#sayText(text, parts);
    return true;
  }

  /**
   * Reads an answer that came in one piece.
   *
   * @throws {UpstreamError} If it is or holds an error.
   */
  readWhole(body: JsonObject, parts: ProviderPart[]): void {
    const choices = ownChoices(body);
    this.#readReport(body, choices[0], parts);
    for (const choice of choices) {
      const message = wholeMessage(choice) ?? asObject(choice.delta);
      if (message !== undefined) this.#readMessage(message, choice, parts, true);
    }
    this.#readEnd(body, choices, parts);
    if (this.isAnswer(body)) this.finish(undefined, parts);
  }

  /**
   * Judges an error that stands outside the chunks.
   *
   * @throws {UpstreamError} If the model has not finished.
   */
  readError(error: unknown): void {
    if (this.#isFinished) return;
    throw new UpstreamError(classifyErrorObject(error, { headers: this.#errors.headers, now: this.#errors.now() }));
  }

  /** The model has finished, by its own word or by the end mark of the stream alone; only the first time counts. */
  finish(raw: string | undefined, parts: ProviderPart[]): void {
    if (this.#isFinished) return;
    const reason: FinishReason = raw === undefined ? { unified: "stop" } : toFinishReason(raw);
    this.release(parts);
    const isWhole = reason.unified === "stop" || reason.unified === "tool-calls";
    this.#deliverToolCalls(isWhole, parts);
    const details = this.#reasoningDetails.deliver();
    if (details.length > 0) parts.push({ type: "reasoning-details", details });
    // Some say "stop" although tools were called, and OpenAI says it of a refusal.
    if (reason.unified === "stop" && this.#hasToolCall) reason.unified = "tool-calls";
    if (reason.unified === "stop" && this.#hasRefused) reason.unified = "content-filter";
    this.#isFinished = true;
    parts.push({ type: "finish", reason });
  }

  /** Lets go of what was held back; what is half a character only when the model has finished, since a cut may go on with it. */
  release(parts: ProviderPart[]): void {
    for (const run of this.#thinkTags.end()) this.#say(run.kind, run.text, parts);
    pushReasoning(this.#reasoning.end(), parts);
    this.#pushText(this.#text.end(), parts);
  }

  /** The end of a stream, by its end mark or without. */
  end(isMarked: boolean, parts: ProviderPart[]): void {
    if (isMarked) this.finish(undefined, parts);
    if (!this.#isFinished) {
      for (const run of this.#thinkTags.end()) this.#say(run.kind, run.text, parts);
      return;
    }
    // What came after the finish reason.
    this.release(parts);
    this.#deliverToolCalls(false, parts);
  }

  #readReport(chunk: JsonObject, choice: JsonObject | undefined, parts: ProviderPart[]): void {
    // The first that names itself has answered: Azure's first chunk has no name, and a gateway's last may have another's.
    if (this.#model === "") {
      this.#model = asText(chunk.model) ?? "";
      if (this.#model !== "") parts.push({ type: "model", model: this.#model });
    }
    const report = readUsage(chunk, choice);
    if (report === undefined) return;
    // Perplexity reports in every chunk: only news is passed on, and always the whole.
    if (report.usage !== undefined && isNews(this.#usage, report.usage) && !isBlank(this.#usage, report.usage)) {
      this.#usage = { ...this.#usage, ...report.usage };
      parts.push({ type: "usage", usage: this.#usage });
    }
    if (report.cost !== undefined && report.cost !== this.#cost) {
      this.#cost = report.cost;
      parts.push({ type: "cost", cost: { amount: report.cost, currency: "USD", source: "provider" } });
    }
  }

  #readMessage(message: JsonObject, choice: JsonObject, parts: ProviderPart[], isWhole: boolean): void {
    const { reasoning, text, refusal, hasHiddenReasoning } = readContent(message);
    const hasToolCall = this.#toolCalls.push(message);
    this.#reasoningDetails.push(message, isWhole);
    const logprobs = readLogprobs(choice);
    // Tokens of reasoning or of a call are no text's; those without any text yet belong to a character that is on its way.
    const isNothingElse = reasoning === "" && refusal === "" && !hasToolCall;
    if (text !== "" || isNothingElse) this.#tokens.push(text.length, logprobs);
    if (reasoning !== "") this.#say("reasoning", reasoning, parts);
    if (text !== "") {
      if (isWhole) for (const run of this.#thinkTags.pushWhole(text)) this.#say(run.kind, run.text, parts);
      else this.#sayText(text, parts);
    }
    if (refusal !== "") {
      this.#hasRefused = true;
      this.#tokens.push(refusal.length, text === "" ? logprobs : []);
      this.#say("text", refusal, parts);
    }
    if ((hasToolCall || hasHiddenReasoning) && parts.at(-1)?.type !== "progress") parts.push({ type: "progress" });
  }

  #readEnd(body: JsonObject, choices: readonly JsonObject[], parts: ProviderPart[]): void {
    const error = findError(body, choices);
    if (error !== undefined) {
      this.readError(error);
      return;
    }
    // Of several the last counts, as it came last.
    const word = choices.map(finishWord).findLast((one) => one !== undefined);
    if (word === undefined || this.#isFinished) return;
    const failure = failureOfFinishReason(word);
    if (failure !== undefined) throw new UpstreamError(failure);
    this.finish(word, parts);
  }

  #deliverToolCalls(mayBeEmpty: boolean, parts: ProviderPart[]): void {
    for (const part of this.#toolCalls.deliver(mayBeEmpty)) {
      this.#hasToolCall = true;
      parts.push(part);
    }
  }

  #sayText(text: string, parts: ProviderPart[]): void {
    for (const run of this.#thinkTags.push(text)) this.#say(run.kind, run.text, parts);
  }

  #say(kind: "text" | "reasoning", text: string, parts: ProviderPart[]): void {
    if (kind === "reasoning") {
      pushReasoning(this.#reasoning.push(text), parts);
      return;
    }
    this.#hasText = true;
    // Tags and reasoning before the text were said as text, too: their tokens go with them.
    this.#tokens.drop(this.#tokens.length - this.#text.heldLength - text.length);
    this.#pushText(this.#text.push(text), parts);
  }

  #pushText(text: string, parts: ProviderPart[]): void {
    if (text === "") return;
    const logprobs = this.#tokens.take(text.length);
    const refusal = this.#hasRefused ? { isRefusal: true as const } : {};
    parts.push({ type: "text", text, ...(logprobs.length > 0 && { logprobs }), ...refusal });
  }
}

function pushReasoning(text: string, parts: ProviderPart[]): void {
  if (text !== "") parts.push({ type: "reasoning", text });
}

const NO_CHOICES: readonly JsonObject[] = [];

/**
 * The pieces of choice 0: others (`n` above 1) are no part of the answer. Copilot gives text and tool calls of one answer as
 * several choices with the same index.
 */
function ownChoices(chunk: JsonObject): readonly JsonObject[] {
  const values = asArray(chunk.choices);
  if (values.length === 0) return NO_CHOICES;
  const choices = values.map(asObject).filter((choice) => choice !== undefined);
  const own = choices.filter((choice) => choice.index === 0);
  if (own.length > 0) return own;
  // Without an index only the first can be told from the others.
  return choices[0] !== undefined && typeof choices[0].index !== "number" ? choices.slice(0, 1) : NO_CHOICES;
}

/** The message of a choice; older completion servers put its text into the choice itself. */
function wholeMessage(choice: JsonObject): JsonObject | undefined {
  return asObject(choice.message) ?? (typeof choice.text === "string" ? { content: choice.text } : undefined);
}

function isNews(known: Usage, report: Usage): boolean {
  return (Object.keys(report) as (keyof Usage)[]).some((key) => report[key] !== known[key]);
}

/** Proxies write zeros where they do not know: they say nothing against what was reported. */
function isBlank(known: Usage, report: Usage): boolean {
  return report.inputTokens === 0 && (report.outputTokens ?? 0) === 0 && (known.inputTokens ?? 0) > 0;
}
