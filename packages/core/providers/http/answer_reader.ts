import type { JsonObject } from "../_json.ts";
import type { ProviderPart } from "../provider.ts";

/**
 * What a dialect makes of the JSON in an upstream's body: the state of one answer while it is read.
 *
 * Parts go into the caller's batch, so that what was said before a failure is not lost. Every method throws an
 * `UpstreamError` for an error in what it reads, unless the model has finished.
 */
export interface AnswerReader {
  /** Whether the model has finished; an error after it is no failure. */
  readonly isFinished: boolean;
  /** Whether nothing follows what was read, by the dialect's own rules; for those whose last chunk is their end mark. */
  readonly isAtEnd?: boolean;
  /** Whether the JSON is an answer, or a piece of one, in this dialect; an error is not. */
  isAnswer(body: JsonObject): boolean;
  /** Whether the data of an event is the end mark of the stream. */
  isEndMark(data: string): boolean;
  /** Reads one piece of a stream; `data` is its JSON, where it came as an event of its own. */
  readChunk(chunk: JsonObject, parts: ProviderPart[], data?: string): void;
  /** Reads an event that differs from an earlier one only in its text, without parsing it; false if it is not one. */
  readAlike?(data: string, parts: ProviderPart[]): boolean;
  /** Reads an answer that came in one piece. */
  readWhole(body: JsonObject, parts: ProviderPart[]): void;
  /** Judges an error that stands outside the chunks. */
  readError(error: unknown): void;
  /** Takes the end of the body, with the end mark or without, and lets go of what was held back. */
  end(isMarked: boolean, parts: ProviderPart[]): void;
}
