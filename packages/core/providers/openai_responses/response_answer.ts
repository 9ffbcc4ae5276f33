import type { FinishReason } from "../../events/mod.ts";
import { UpstreamError } from "../../failures/mod.ts";
import { asObject, asText, type JsonObject } from "../_json.ts";
import { Speech } from "../_speech.ts";
import type { AnswerReader, ErrorContext } from "../http/mod.ts";
import { toFinishReason } from "../openai_chat/finish_reason.ts";
import { findError } from "../openai_chat/in_band_error.ts";
import { readUsage } from "../openai_chat/usage.ts";
import type { ProviderPart } from "../provider.ts";
import { OutputReader } from "./output_reader.ts";
import { judgeResponseError } from "./response_error.ts";

/** Events that say that the response is over, one way or another. */
const TERMINAL = new Set(["completed", "incomplete", "failed", "cancelled", "done"]);
/** Events that tell of the response as a whole, and signs of life. */
const LIFECYCLE = /^response\.(created|queued|in_progress|keepalive|heartbeat|ping)$/;

/** The state of one response while its events are read: the last one carries the response as a whole. */
export class ResponseAnswer implements AnswerReader {
  readonly #errors: ErrorContext;
  readonly #speech = new Speech();
  readonly #output = new OutputReader(this.#speech);
  #model = "";
  #isFinished = false;

  constructor(errors: ErrorContext) {
    this.#errors = errors;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** The event that carries the whole response is the last; foreign end marks may follow. */
  get isAtEnd(): boolean {
    return this.#isFinished;
  }

  isAnswer(body: JsonObject): boolean {
    return (
      (asText(body.type)?.startsWith("response.") ?? false) || Array.isArray(body.output) || body.object === "response"
    );
  }

  isEndMark(data: string): boolean {
    return data === "[DONE]";
  }

  readChunk(chunk: JsonObject, parts: ProviderPart[]): void {
    if (this.#isFinished) return;
    const type = asText(chunk.type) ?? "";
    const response = asObject(chunk.response);
    if (response !== undefined) this.#readModel(response, parts);
    if (!this.isAnswer(chunk) || type === "response.error") {
      const error = type === "response.error" ? chunk : findError(chunk, []);
      if (error !== undefined) this.readError(error);
    } else if (!type.startsWith("response.")) this.readWhole(chunk, parts);
    else if (TERMINAL.has(type.slice("response.".length))) this.#end(response ?? chunk, type, parts);
    else if (!LIFECYCLE.test(type)) this.#readEvent(type, chunk, parts);
  }

  readWhole(body: JsonObject, parts: ProviderPart[]): void {
    // A lone event or an error; a response whose `type` says something else is a response all the same.
    if (!this.isAnswer(body) || asText(body.type)?.startsWith("response.") === true) {
      this.readChunk(body, parts);
      return;
    }
    this.#readModel(body, parts);
    this.#end(body, "", parts);
  }

  readError(error: unknown): void {
    if (this.#isFinished) return;
    throw new UpstreamError(judgeResponseError(error, { headers: this.#errors.headers, now: this.#errors.now() }));
  }

  end(_isMarked: boolean, parts: ProviderPart[]): void {
    // A foreign end mark is not enough: without the response as a whole the stream was cut.
    if (!this.#isFinished) this.#speech.cut(parts);
  }

  #readModel(response: JsonObject, parts: ProviderPart[]): void {
    if (this.#model !== "") return;
    this.#model = asText(response.model) ?? "";
    if (this.#model !== "") parts.push({ type: "model", model: this.#model });
  }

  #readEvent(type: string, event: JsonObject, parts: ProviderPart[]): void {
    const before = parts.length;
    this.#output.readEvent(type, event, parts);
    // Calls, searches and hidden reasoning: the model works, and says nothing yet.
    if (parts.length === before && parts.at(-1)?.type !== "progress") parts.push({ type: "progress" });
  }

  #end(response: JsonObject, type: string, parts: ProviderPart[]): void {
    const status = statusOf(response, type);
    // A response in one piece that is still being made in the background.
    if (status === "queued" || status === "in_progress") return;
    this.#output.readFinal(response, parts);
    const report = readUsage(response);
    if (report?.usage !== undefined) parts.push({ type: "usage", usage: report.usage });
    if (report?.cost !== undefined) {
      parts.push({ type: "cost", cost: { amount: report.cost, currency: "USD", source: "provider" } });
    }
    if (status === "failed" || status === "cancelled") {
      this.#speech.cut(parts);
      this.readError({ error: response.error ?? { code: status } });
    }
    this.#finish(response, status, parts);
  }

  #finish(response: JsonObject, status: string, parts: ProviderPart[]): void {
    this.#speech.end(parts);
    const reason = reasonOf(response, status);
    this.#output.deliver(reason.unified === "stop", parts);
    if (reason.unified === "stop" && this.#output.hasCall) reason.unified = "tool-calls";
    if (reason.unified === "stop" && this.#output.hasRefused) reason.unified = "content-filter";
    this.#isFinished = true;
    parts.push({ type: "finish", reason });
  }
}

/** The status that the event's name gives, unless the response itself states a worse one. */
function statusOf(response: JsonObject, type: string): string {
  const stated = asText(response.status);
  const named = type.slice("response.".length);
  if (named === "" || named === "done") return stated ?? (asObject(response.error) ? "failed" : "completed");
  return named === "completed" && stated !== undefined && /^(incomplete|failed|cancelled)$/.test(stated)
    ? stated
    : named;
}

function reasonOf(response: JsonObject, status: string): FinishReason {
  const why = asText(asObject(response.incomplete_details)?.reason);
  if (status === "incomplete") return why === undefined ? { unified: "other", raw: status } : toFinishReason(why);
  return toFinishReason(status);
}
