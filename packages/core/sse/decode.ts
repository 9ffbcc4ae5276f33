import { createParser, type EventSourceParser, type ParseError } from "eventsource-parser";

/**
 * What an event stream holds.
 *
 * - `event`: data, with the event's type and id where it has them.
 * - `comment`: proves that the connection lives.
 * - `retry`: the wait before a reconnect, in milliseconds.
 * - `stray`: a line that is no field of the standard, such as an error that a proxy appended. The standard drops it; it is
 *   reported, since it often is the only sign of what went wrong.
 */
export type SseItem =
  | { type: "event"; data: string; event: string | undefined; id: string | undefined }
  | { type: "comment"; comment: string }
  | { type: "retry"; retryMs: number }
  | { type: "stray"; line: string };

/** Options for {@linkcode decodeSse} and {@linkcode SseDecoder}. */
export interface DecodeSseOptions {
  /** Longest event or line, in UTF-16 code units; {@linkcode MAX_SSE_EVENT_CHARS} by default. */
  maxEventChars?: number;
}

/** Longest event or line that is decoded by default, in UTF-16 code units. */
export const MAX_SSE_EVENT_CHARS = 8 * 1024 * 1024;

/** Thrown when an event or a line grows beyond the limit. */
export class SseTooLargeError extends RangeError {
  override readonly name = "SseTooLargeError";
}

/** Longest field name with its colon and blank: they do not count for the limit, wherever the bytes were cut. */
const FIELD_ALLOWANCE = "retry: ".length;

/**
 * Decodes an event stream piece by piece; the same items come out however the bytes are cut.
 *
 * `eventsource-parser` does the parsing. Around it stands what it lacks:
 * it drops a line that is no field when a cut goes through it, but reports it otherwise, so it is only ever given whole lines;
 * it never gives the last event of a stream that ends without a blank line, which several providers' streams do;
 * and it measures a line only when a cut goes through it.
 */
export class SseDecoder {
  readonly #maxChars: number;
  readonly #decoder = new TextDecoder();
  readonly #parser: EventSourceParser;
  /** The line that has begun: pieces, joined once, so that a long line in many pieces costs linear time. */
  #partial: string[] = [];
  #partialChars = 0;
  #items: SseItem[] = [];

  constructor(options: DecodeSseOptions = {}) {
    this.#maxChars = options.maxEventChars ?? MAX_SSE_EVENT_CHARS;
    if (!(this.#maxChars > 0)) {
      throw new RangeError(`Cannot decode as 'maxEventChars' must be positive: current value is ${this.#maxChars}`);
    }
    this.#parser = createParser({
      maxBufferSize: this.#maxChars,
      onEvent: ({ data, event, id }) => {
        this.#measure(data.length);
        this.#items.push({ type: "event", data, event, id });
      },
      onComment: (comment) => {
        this.#measure(comment.length);
        this.#items.push({ type: "comment", comment });
      },
      onRetry: (retryMs) => this.#items.push({ type: "retry", retryMs }),
      onError: (error) => this.#onError(error),
    });
  }

  /**
   * Adds the items that `bytes` complete to `items`, and returns it.
   *
   * @throws {SseTooLargeError} If an event or a line is longer than allowed; `items` has what came before it. The decoder is
   * then of no further use.
   */
  push(bytes: Uint8Array, items: SseItem[] = []): SseItem[] {
    return this.#feed(this.#decoder.decode(bytes, { stream: true }), items);
  }

  /** Gives what a stream that ended without a blank line still holds. The standard drops it; upstreams rely on it. */
  end(): SseItem[] {
    return this.#feed(`${this.#decoder.decode()}\n\n`, []);
  }

  #feed(text: string, items: SseItem[]): SseItem[] {
    const end = Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1;
    this.#items = items;
    if (end > 0) {
      let whole = end === text.length ? text : text.slice(0, end);
      if (this.#partial.length > 0) {
        this.#partial.push(whole);
        whole = this.#partial.join("");
        this.#partial = [];
        this.#partialChars = 0;
      }
      this.#parser.feed(whole);
    }
    if (end < text.length) {
      this.#partial.push(end === 0 ? text : text.slice(end));
      this.#partialChars += text.length - end;
      this.#measure(this.#partialChars - FIELD_ALLOWANCE);
    }
    return items;
  }

  #onError(error: ParseError): void {
    if (error.type === "max-buffer-size-exceeded") this.#measure(Number.POSITIVE_INFINITY);
    const line = error.line ?? "";
    this.#measure(line.length - FIELD_ALLOWANCE);
    this.#items.push({ type: "stray", line });
  }

  #measure(chars: number): void {
    if (chars <= this.#maxChars) return;
    throw new SseTooLargeError(`Cannot decode the event stream as an event exceeds ${this.#maxChars} characters`);
  }
}

/**
 * Decodes an event stream into batches of items, one batch for each read that completes an item.
 *
 * Returning early cancels the stream.
 *
 * @throws {SseTooLargeError} If an event or a line is longer than allowed.
 */
export async function* decodeSse(
  stream: AsyncIterable<Uint8Array>,
  options: DecodeSseOptions = {},
): AsyncGenerator<readonly SseItem[], void, undefined> {
  const decoder = new SseDecoder(options);
  for await (const bytes of stream) {
    const items = decoder.push(bytes);
    if (items.length > 0) yield items;
  }
  const rest = decoder.end();
  if (rest.length > 0) yield rest;
}
