import type { AnswerEvent, AnswerState } from "@cogniforge/core/events";
import { linkedController } from "./abort.ts";
import { AnswerReader } from "./answer_reader.ts";
import { Watch, type WatchContext, type WatchOptions } from "./watch.ts";

/**
 * The events of an answer, to iterate over once: each exactly once, over however many connections, ending after `answer-end`.
 *
 * The iteration throws a `FailureError` if the server refuses, a `ConnectionError` if nothing could be reached for long,
 * and the signal's reason if it was aborted. A failed answer is an `answer-end`, not an error.
 * Nothing is connected before the first event is asked for.
 */
export class AnswerStream implements AsyncIterableIterator<AnswerEvent, void, undefined>, AsyncDisposable {
  readonly answerId: string;
  readonly #reader: AnswerReader;
  readonly #events: AsyncGenerator<AnswerEvent, void, undefined>;
  readonly #closing = new AbortController();

  constructor(answerId: string, context: WatchContext, options: WatchOptions = {}) {
    this.answerId = answerId;
    this.#reader = new AnswerReader(options);
    this.#events = this.#follow(context, options);
  }

  /** The answer so far, all its events folded; of a stream that began at a cursor without a state only what followed. */
  get state(): AnswerState {
    return this.#reader.state;
  }

  /** Position after what was handed out; give it to `watch` to go on there. */
  get cursor(): string | undefined {
    return this.#reader.cursor;
  }

  async next(): Promise<IteratorResult<AnswerEvent, void>> {
    try {
      return await this.#events.next();
    } catch (error) {
      if (this.#closing.signal.aborted) return { done: true, value: undefined };
      throw error;
    }
  }

  /** Stops watching at once, also while the next event is awaited; the answer itself goes on. */
  async return(): Promise<IteratorResult<AnswerEvent, void>> {
    // A generator would answer only after its pending event has come.
    this.#closing.abort();
    try {
      return await this.#events.return();
    } catch {
      return { done: true, value: undefined };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async *#follow(
    context: WatchContext,
    { signal, onTransport }: WatchOptions,
  ): AsyncGenerator<AnswerEvent, void, undefined> {
    signal?.throwIfAborted();
    const { controller, unlink } = linkedController(signal);
    const onClose = () => controller.abort(this.#closing.signal.reason);
    this.#closing.signal.addEventListener("abort", onClose, { once: true });
    try {
      yield* new Watch(this.answerId, this.#reader, context, { signal: controller.signal, onTransport }).events();
    } finally {
      unlink();
    }
  }
}
