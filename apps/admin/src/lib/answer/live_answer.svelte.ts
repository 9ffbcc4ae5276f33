import { type AnswerEvent, FailureError, type FailureInfo, type TransportState } from "@cogniforge/client";
import { type AnswerState, EMPTY_ANSWER_STATE, foldEvent } from "@cogniforge/core/events";
import { type LiveMeasures, liveMeasures, type TimelineData } from "@cogniforge/core/metrics";
import type { ConsoleApi } from "#lib/api/console_api.ts";
import { type MarkdownBlock, MarkdownStream } from "#lib/markdown/markdown_stream.ts";
import { FrameScheduler } from "./frame_scheduler.ts";
import { ServerClock } from "./server_clock.ts";
import { TimelineFeed } from "./timeline_feed.svelte.ts";

/** What can be seen of an answer: `starting` until the server has accepted the question. */
export type AnswerPhase = "starting" | "running" | "completed" | "failed" | "cancelled" | "unreachable" | "missing";

export interface LiveAnswerOptions {
  id: string;
  api: Pick<ConsoleApi, "watch" | "cancel" | "timeline">;
  /** What is known of the answer already. */
  state?: AnswerState;
  isMissing?: boolean;
  /** Called once, when the answer ends before the reader's eyes. */
  onEnd?: (answer: LiveAnswer) => void;
}

/** What the page tells of the connection; `failed` only where not even a plain request reaches the server. */
export type Connection = TransportState | { state: "failed" };

/** How often the elapsed time moves while nothing else does, in milliseconds. */
const TICK_MS = 100;

/** One answer as a page shows it: live or replayed, its events are folded by the same function and shown once a frame. */
export class LiveAnswer {
  readonly id: string;
  readonly #options: LiveAnswerOptions;
  readonly #markdown = new MarkdownStream();
  readonly #clock = new ServerClock();
  readonly #timeline: TimelineFeed;
  readonly #frames = new FrameScheduler(() => this.#show());
  /** Newer than what is shown by at most a frame. */
  #folded: AnswerState;
  #watching: AbortController | undefined;

  #state = $state.raw<AnswerState>(EMPTY_ANSWER_STATE);
  #blocks = $state.raw<readonly MarkdownBlock[]>([]);
  #now = $state(0);
  #isAccepted = $state(false);
  /** Why the question could not be sent or the answer not be read. */
  connectionFailure = $state.raw<FailureInfo | undefined>();
  connection = $state.raw<Connection | undefined>();
  isStopping = $state(false);

  readonly phase: AnswerPhase = $derived.by(() => {
    if (this.#options.isMissing) return "missing";
    if (this.#state.end !== undefined) return this.#state.end.outcome;
    if (this.connectionFailure !== undefined) return "unreachable";
    return this.#isAccepted ? "running" : "starting";
  });
  readonly isLive = $derived(this.phase === "starting" || this.phase === "running");
  readonly measures: LiveMeasures = $derived(liveMeasures(this.#state, this.#now));
  readonly isTrial = $derived(this.#state.end?.trial === true || this.#state.attempts.at(-1)?.trial === true);
  /** Why the answer failed, or could not be read. */
  readonly failure: FailureInfo | undefined = $derived(this.#state.end?.failure ?? this.connectionFailure);

  constructor(options: LiveAnswerOptions) {
    this.id = options.id;
    this.#timeline = new TimelineFeed(() => options.api.timeline(options.id));
    this.#options = options;
    this.#folded = options.state ?? EMPTY_ANSWER_STATE;
    this.#isAccepted = options.state !== undefined;
    this.#show();
  }

  get state(): AnswerState {
    return this.#state;
  }

  /** The server's clock as of the last frame, in epoch milliseconds. */
  get now(): number {
    return this.#now;
  }

  get blocks(): readonly MarkdownBlock[] {
    return this.#blocks;
  }

  /** When its attempts and its text came; known while somebody holds it open. */
  get timeline(): TimelineData | undefined {
    return this.#timeline.data;
  }

  /** Holds the time line open; the returned function lets go of it. */
  readonly openTimeline = (): (() => void) => this.#timeline.open(this.#folded.seq);

  /** Follows the answer to its end; returns when it has ended, cannot be read, or `leave()` was called. */
  async watch(): Promise<void> {
    if (this.#state.end !== undefined || this.#watching !== undefined) return;
    const watching = new AbortController();
    this.#watching = watching;
    this.#isAccepted = true;
    this.connectionFailure = undefined;
    const ticking = setInterval(() => this.#tick(), TICK_MS);
    const { signal } = watching;
    try {
      const onTransport = (state: TransportState) => {
        if (!signal.aborted) this.connection = state;
      };
      for await (const event of this.#options.api.watch(this.id, { signal, onTransport })) {
        if (signal.aborted) return;
        this.#take(event);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof FailureError)) throw error;
      this.connectionFailure = error.info;
      this.connection = connectionAfter(error.info);
    } finally {
      clearInterval(ticking);
      this.#frames.flush();
      if (this.#watching === watching) this.#watching = undefined;
    }
    if (this.#state.end !== undefined) this.#options.onEnd?.(this);
  }

  /** The question could not be handed to the server. */
  refuse(failure: FailureInfo): void {
    this.connectionFailure = failure;
    this.connection = connectionAfter(failure);
  }

  /** The question is being sent once more. */
  restart(): void {
    this.connectionFailure = undefined;
    this.connection = undefined;
  }

  /** Stops the answer itself, for every reader. */
  async stop(): Promise<void> {
    if (!this.isLive || this.isStopping) return;
    this.isStopping = true;
    try {
      await this.#options.api.cancel(this.id);
    } catch (error) {
      // The answer goes on; the connection's own sign already tells why.
      if (!(error instanceof FailureError)) throw error;
    } finally {
      this.isStopping = false;
    }
  }

  /** Stops watching; the answer itself goes on. */
  leave(): void {
    this.#watching?.abort();
    this.#watching = undefined;
    this.#frames.stop();
  }

  #take(event: AnswerEvent): void {
    this.#clock.observe(event.at, Date.now());
    this.#folded = foldEvent(this.#folded, event);
    this.#timeline.note(event);
    this.#frames.schedule();
  }

  #show(): void {
    this.#blocks = this.#markdown.update(this.#folded.text, { isLive: this.#folded.end === undefined });
    this.#state = this.#folded;
    this.#timeline.show();
    this.#now = this.#clock.now(Date.now());
  }

  #tick(): void {
    this.#now = this.#clock.now(Date.now());
  }
}

function connectionAfter(failure: FailureInfo): Connection | undefined {
  return failure.code === "unreachable" ? { state: "failed" } : undefined;
}
