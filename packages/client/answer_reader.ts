import {
  type AnswerEnd,
  type AnswerEvent,
  type AnswerState,
  EMPTY_ANSWER_STATE,
  foldEvent,
} from "@cogniforge/core/events";
import { DisagreementError } from "./errors.ts";

export interface AnswerReaderOptions {
  /** Position of what the caller has. */
  cursor?: string | undefined;
  /** What the caller has. */
  state?: AnswerState | undefined;
}

/**
 * Makes exactly-once of at-least-once: drops what came before, notices what is missing, and checks the whole at the end.
 *
 * A reader that begins at a cursor without a state knows only the part that follows, and checks that.
 */
export class AnswerReader {
  #state: AnswerState;
  #cursor: string | undefined;
  /** Length of the text before the part that is known; `undefined` until the first delta tells. */
  #before: number | undefined;
  /** While fetching anew: sequence of the last event that the caller was given. */
  #repairUpTo: number | undefined;
  #restarts = 0;
  #hasServersCursor = false;

  constructor({ cursor, state }: AnswerReaderOptions = {}) {
    this.#state = state ?? EMPTY_ANSWER_STATE;
    this.#cursor = cursor;
    this.#before = cursor === undefined || state !== undefined ? 0 : undefined;
  }

  /** What the caller has. */
  get state(): AnswerState {
    return this.#state;
  }

  /** Position to go on after. */
  get cursor(): string | undefined {
    return this.#cursor;
  }

  get isEnded(): boolean {
    return this.#state.end !== undefined;
  }

  /** How often the answer had to be fetched anew. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Whether the cursor came from the server to this reader, so that a refusal of it is not the caller's mistake. */
  get hasServersCursor(): boolean {
    return this.#hasServersCursor;
  }

  /** Everything up to this cursor was taken. */
  moveTo(cursor: string): void {
    this.#cursor = cursor;
    this.#hasServersCursor = true;
  }

  /**
   * Takes an event and gives those that the caller should see for it: itself, or nothing if it is known already.
   *
   * @throws {DisagreementError} If something before it is missing, or the whole is not what the end says.
   */
  async take(event: AnswerEvent): Promise<readonly AnswerEvent[]> {
    if (event.seq <= this.#state.seq) return [];
    if (event.type === "answer-end") await this.#verify(event);
    const repair = this.#repairUpTo;
    if (repair === undefined) {
      this.#fold(event);
      return [event];
    }
    if (event.type === "snapshot" ? event.seq < repair : event.seq <= repair) {
      this.#fold(event);
      return [];
    }
    const replacement = event.type === "snapshot" ? [] : [this.#snapshot(Math.max(this.#state.seq, repair), event.at)];
    this.#fold(event);
    this.#repairUpTo = undefined;
    return [...replacement, event];
  }

  /** Forgets everything, to be read again from the beginning; the caller will be given a snapshot that replaces what it has. */
  restart(): void {
    this.#restarts += 1;
    this.#repairUpTo = Math.max(this.#state.seq, this.#repairUpTo ?? 0);
    this.#state = EMPTY_ANSWER_STATE;
    this.#cursor = undefined;
    this.#before = 0;
  }

  #fold(event: AnswerEvent): void {
    if (event.type === "snapshot") this.#before = 0;
    if (event.type !== "text-delta") {
      this.#state = foldEvent(this.#state, event);
      return;
    }
    this.#before ??= event.offset;
    try {
      this.#state = foldEvent(this.#state, { ...event, offset: event.offset - this.#before });
    } catch (cause) {
      throw new DisagreementError("a part is missing", { cause });
    }
  }

  /** What was fetched anew, to replace what the caller has. */
  #snapshot(seq: number, at: number): AnswerEvent {
    const { text, reasoning, reasoningDetails, logprobs, refusedAt } = this.#state;
    const { toolCalls, attempts, firstTokenAt, deltas } = this.#state;
    return {
      type: "snapshot",
      seq,
      at,
      text,
      reasoning,
      ...(reasoningDetails.length > 0 && { reasoningDetails }),
      ...(logprobs && { logprobs: [...logprobs] }),
      ...(refusedAt !== undefined && { refusedAt }),
      toolCalls: [...toolCalls],
      attempts: [...attempts],
      ...(firstTokenAt === undefined ? {} : { firstTokenAt }),
      deltas,
    };
  }

  async #verify(end: AnswerEnd): Promise<void> {
    // Nothing came after the cursor that this reader began with: there is nothing that it could check.
    if (this.#before === undefined) return;
    const { text } = this.#state;
    const length = this.#before + text.length;
    if (length !== end.length) throw new DisagreementError(`${end.length} code units expected, ${length} came`);
    if (this.#before > 0) return;
    const sha256 = await hashOf(text);
    if (sha256 !== undefined && sha256 !== end.sha256) throw new DisagreementError("its hash is another");
  }
}

/** SHA-256 in hexadecimal; `undefined` where the runtime has none: browsers give it only to pages from HTTPS or localhost. */
async function hashOf(text: string): Promise<string | undefined> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (subtle === undefined) return undefined;
  const digest = await subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
