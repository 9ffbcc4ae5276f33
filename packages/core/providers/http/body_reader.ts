import { UpstreamError } from "../../failures/mod.ts";
import { SseDecoder, type SseItem, SseTooLargeError } from "../../sse/mod.ts";
import { asObject, isCutJson, type JsonObject, parseJson, parsePythonJson } from "../_json.ts";
import type { ProviderPart } from "../provider.ts";
import { simulateStream } from "../simulate.ts";
import type { AnswerReader } from "./answer_reader.ts";
import { AnswerSize } from "./answer_size.ts";
import { JsonLinesDecoder, type JsonLinesItem } from "./json_lines.ts";
import { completeObjects } from "./json_pieces.ts";
import { StrayLines } from "./stray_lines.ts";

/** Options for {@linkcode BodyReader}. */
export interface BodyReaderOptions {
  /** Longest event of a stream, and longest answer, in UTF-16 code units. */
  maxChars: number;
  /** How a stream that begins with an object is framed; `events` by default, where such a body is JSON in one piece. */
  framing?: BodyFraming;
}

/** How a dialect frames its streams: server-sent events, or one JSON object a line. */
export type BodyFraming = "events" | "lines";

/** More malformed events in a row than this are no accident. */
const MAX_MALFORMED_IN_A_ROW = 3;
/** So many blanks before the first character, as upstreams send them while they wait, are no accident either. */
const MAX_LEADING_BYTES = 64 * 1024;
/** So many lines that are no field, and no event yet: this is no event stream. */
const MAX_STRAY_LINES = 200;

/**
 * Reads the body of a 2xx answer: an event stream, JSON in one piece, or, where the dialect says so, one JSON object a line.
 *
 * Which of them is told by the first character, not by `content-type`, which proxies and servers get wrong.
 */
export class BodyReader {
  readonly #answer: AnswerReader;
  readonly #maxChars: number;
  readonly #size: AnswerSize;
  readonly #decoder: SseDecoder;
  readonly #strayLines = new StrayLines();
  readonly #framing: BodyFraming;
  readonly #lines = new JsonLinesDecoder();
  #kind: "unknown" | "events" | "lines" | "json" = "unknown";
  /** White space before the first character: it belongs to what follows. */
  #leading: Uint8Array[] = [];
  #leadingBytes = 0;
  readonly #jsonDecoder = new TextDecoder();
  #json: string[] = [];
  #jsonChars = 0;
  #isDone = false;
  #events = 0;
  #malformed = 0;
  #malformedInARow = 0;

  constructor(answer: AnswerReader, { maxChars, framing = "events" }: BodyReaderOptions) {
    this.#answer = answer;
    this.#framing = framing;
    this.#maxChars = maxChars;
    this.#size = new AnswerSize(maxChars);
    this.#decoder = new SseDecoder({ maxEventChars: maxChars });
  }

  /** Whether the stream has given its end mark; what follows it is to be ignored. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Whether the model has finished; nothing after it is a failure. */
  get isFinished(): boolean {
    return this.#answer.isFinished;
  }

  /**
   * Reads what one read of the body gave, into `parts`.
   *
   * @throws {UpstreamError} If it holds an error or is not what was asked for; `parts` has what came before it.
   */
  push(bytes: Uint8Array, parts: ProviderPart[]): void {
    try {
      this.#push(bytes, parts);
    } catch (error) {
      throw asUpstreamError(error);
    }
  }

  #push(bytes: Uint8Array, parts: ProviderPart[]): void {
    if (this.#kind === "unknown") {
      const first = firstCharacter(bytes);
      this.#leading.push(bytes);
      this.#leadingBytes += bytes.length;
      if (first === undefined) {
        if (this.#leadingBytes > MAX_LEADING_BYTES) throw malformed("nothing but blanks");
        return;
      }
      if (first === "<") throw malformed("an HTML page instead of an answer");
      if (first === "{" && this.#framing === "lines") this.#kind = "lines";
      else this.#kind = first === "{" || first === "[" ? "json" : "events";
      const pieces = this.#leading;
      this.#leading = [];
      for (const piece of pieces) this.#pushPiece(piece, parts);
    } else this.#pushPiece(bytes, parts);
  }

  /**
   * Reads the end of the body; batches, since an answer in one piece is streamed in pieces.
   *
   * @throws {UpstreamError} If nothing of the body was an answer.
   */
  *end(): Generator<readonly ProviderPart[], void, undefined> {
    const parts: ProviderPart[] = [];
    if (this.#isDone) return;
    let failure: unknown;
    try {
      if (this.#kind === "json") this.#readJson(parts);
      else if (this.#kind === "lines") this.#readLastLines(parts);
      else this.#readRest(parts);
    } catch (error) {
      failure = error;
    }
    this.release(parts);
    if (this.#kind === "json") yield* simulateStream(parts);
    else if (parts.length > 0) yield parts;
    if (failure !== undefined) throw asUpstreamError(failure);
  }

  /** Lets go of what was held back, when the body ended or failed. */
  release(parts: ProviderPart[]): void {
    this.#answer.end(this.#isDone, parts);
  }

  #pushPiece(bytes: Uint8Array, parts: ProviderPart[]): void {
    if (this.#kind === "json") {
      const text = this.#jsonDecoder.decode(bytes, { stream: true });
      this.#jsonChars += text.length;
      if (this.#jsonChars > this.#maxChars) throw malformed("an answer beyond the limit of its length");
      this.#json.push(text);
      return;
    }
    if (this.#kind === "lines") {
      this.#pushLines(this.#jsonDecoder.decode(bytes, { stream: true }), parts);
      return;
    }
    const items: SseItem[] = [];
    let failure: unknown;
    try {
      this.#decoder.push(bytes, items);
    } catch (error) {
      failure = error instanceof SseTooLargeError ? malformed("an event beyond the limit of its length", error) : error;
    }
    for (const item of items) {
      this.#readItem(item, parts, false);
      if (this.#isDone) break;
    }
    if (this.#isDone) this.release(parts);
    else if (failure !== undefined) throw failure;
  }

  #readItem(item: SseItem, parts: ProviderPart[], isLast: boolean): void {
    if (item.type === "stray" && this.#answer.isEndMark(item.line.trim())) {
      this.#refuseRubbish();
      this.#isDone = true;
    } else if (item.type === "stray") {
      const body = this.#strayLines.push(item.line);
      if (body !== undefined) {
        this.#readChunk(body, item.line.length, parts);
        if (this.#answer.isAnswer(body)) this.#events++;
      } else if (this.#events === 0 && this.#strayLines.count > MAX_STRAY_LINES) {
        throw malformed("lines that are no event stream");
      }
    } else if (item.type === "event") this.#readEvent(item, parts, isLast);
  }

  #readEvent({ data, event }: { data: string; event: string | undefined }, parts: ProviderPart[], isLast: boolean) {
    if (event === undefined && this.#readAlike(data, parts)) return;
    const text = data.trim();
    if (text === "") return;
    if (this.#answer.isEndMark(text)) {
      this.#refuseRubbish();
      this.#isDone = true;
      return;
    }
    const body = parsePythonJson(text);
    const chunk = asObject(Array.isArray(body) ? body[0] : body);
    if (body === undefined && /\n|^data:/.test(text) && this.#readUnframed(text, parts, isLast)) return;
    if (event === "error") this.#answer.readError(chunk ?? { error: { message: text } });
    else if (chunk !== undefined) {
      this.#events++;
      this.#malformedInARow = 0;
      this.#readChunk(chunk, text.length, parts, text);
    } else {
      // The last event of a stream that was cut in the middle of it.
      if (isLast && isCutJson(text)) return;
      this.#countMalformed();
    }
  }

  #readAlike(data: string, parts: ProviderPart[]): boolean {
    const from = parts.length;
    if (!this.#answer.readAlike?.(data, parts)) return false;
    this.#events++;
    this.#malformedInARow = 0;
    this.#count(data.length, parts, from);
    return true;
  }

  #readChunk(chunk: JsonObject, chars: number, parts: ProviderPart[], data?: string): void {
    const from = parts.length;
    this.#answer.readChunk(chunk, parts, data);
    if (this.#answer.isAtEnd) this.#isDone = true;
    else this.#count(chars, parts, from);
  }

  #count(chars: number, parts: readonly ProviderPart[], from: number): void {
    if (!this.#size.add(chars, parts, from)) throw malformed("an answer beyond the limit of its length");
  }

  #countMalformed(): void {
    this.#malformed++;
    if (++this.#malformedInARow > MAX_MALFORMED_IN_A_ROW) throw malformed("too many events that are no JSON");
  }

  #pushLines(text: string, parts: ProviderPart[]): void {
    const items: JsonLinesItem[] = [];
    this.#lines.push(text, items);
    this.#readLineItems(items, parts, false);
    if (this.#isDone) this.release(parts);
    else if (this.#lines.heldChars > this.#maxChars) throw malformed("a line beyond the limit of its length");
  }

  #readLastLines(parts: ProviderPart[]): void {
    const items: JsonLinesItem[] = [];
    this.#lines.push(this.#jsonDecoder.decode(), items);
    this.#lines.end(items);
    this.#readLineItems(items, parts, true);
    this.#refuseRubbish();
  }

  #readLineItems(items: readonly JsonLinesItem[], parts: ProviderPart[], isLast: boolean): void {
    for (const item of items) {
      if (item.type === "object") this.#readObject(item.text, parts);
      else {
        // Some proxies frame some of the lines as events.
        const data = /^\s*data:(.*)$/.exec(item.line)?.[1];
        if (data === undefined) this.#readItem(item, parts, isLast);
        else this.#readEvent({ data, event: undefined }, parts, isLast);
      }
      if (this.#isDone) return;
    }
  }

  #readObject(text: string, parts: ProviderPart[]): void {
    if (text.length > this.#maxChars) throw malformed("a line beyond the limit of its length");
    const chunk = asObject(parsePythonJson(text));
    if (chunk === undefined) {
      this.#countMalformed();
      return;
    }
    // What is neither an answer nor an error says nothing.
    if (this.#answer.isAnswer(chunk)) this.#events++;
    else this.#malformed++;
    this.#malformedInARow = 0;
    this.#readChunk(chunk, text.length, parts);
  }

  /** Events without the blank line between them, or with their field's name twice: true if every line is one. */
  #readUnframed(text: string, parts: ProviderPart[], isLast: boolean): boolean {
    const lines = text.split("\n").map((line) => line.replace(/^data:/, "").trim());
    const isEvent = (line: string) => line === "" || this.#answer.isEndMark(line) || parseJson(line) !== undefined;
    const cut = isLast && isCutJson(lines.at(-1) ?? "") ? lines.pop() : undefined;
    if (cut !== undefined && lines.length === 0) return false;
    const isEvents = lines.every(isEvent);
    if (!isEvents) return false;
    for (const line of lines) if (!this.#isDone) this.#readEvent({ data: line, event: undefined }, parts, false);
    return true;
  }

  #readRest(parts: ProviderPart[]): void {
    for (const item of this.#decoder.end()) this.#readItem(item, parts, true);
    this.#refuseRubbish();
  }

  /** Lines without one event that could be read are no answer, whatever follows. */
  #refuseRubbish(): void {
    if (this.#events > 0 || this.#malformed + this.#strayLines.count === 0) return;
    throw malformed("no event of the stream could be read");
  }

  #readJson(parts: ProviderPart[]): void {
    const text = this.#json.join("") + this.#jsonDecoder.decode();
    const body = parsePythonJson(text);
    if (body === undefined) {
      this.#readLines(text, parts);
      return;
    }
    const [first, ...rest] = Array.isArray(body) ? body : [body];
    const answer = asObject(first);
    if (answer === undefined) throw malformed("JSON that is no answer");
    if (rest.length === 0) this.#answer.readWhole(answer, parts);
    else for (const chunk of [answer, ...rest.map(asObject)]) if (chunk) this.#answer.readChunk(chunk, parts);
    if (!this.#answer.isFinished && !this.#answer.isAnswer(answer)) throw malformed("JSON that is no answer");
  }

  /** Several JSON objects: an event stream that has lost its framing, one object a line, or an array of them that was cut. */
  #readLines(text: string, parts: ProviderPart[]): void {
    const values = text.split(/[\r\n]+/).map((line) => asObject(parseJson(line.replace(/^data:/, ""))));
    const lines = values.filter((chunk) => chunk !== undefined);
    const pieces = completeObjects(text);
    // An object that was cut in a string hides those behind it, but not their lines.
    const chunks = pieces.length >= lines.length ? pieces : lines;
    for (const chunk of chunks) this.#answer.readChunk(chunk, parts);
    if (chunks.length === 0 && !isCutJson(text)) throw malformed("a body that is no JSON");
  }
}

/** A dialect that stumbles over what it reads is no broken connection: what it read was not what it can be. */
function asUpstreamError(error: unknown): UpstreamError {
  return error instanceof UpstreamError ? error : malformed("an answer that could not be read", error);
}

function malformed(detail: string, cause?: unknown): UpstreamError {
  return new UpstreamError({ code: "malformed", action: "fallback", detail }, { cause });
}

/** The first character that is neither white space nor of a byte order mark; `undefined` if there is none yet. */
function firstCharacter(bytes: Uint8Array): string | undefined {
  for (const byte of bytes) {
    const isBlank = byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
    const isMark = byte === 0xef || byte === 0xbb || byte === 0xbf;
    if (!isBlank && !isMark) return String.fromCharCode(byte);
  }
  return undefined;
}
