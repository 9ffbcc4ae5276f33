import { type AnswerEvent, FailureError } from "@cogniforge/client";
import { AnswerTimeline, type TimelineData } from "@cogniforge/core/metrics";

/** An answer's time line for whoever looks at it: from the events that pass, and from the server where some were missed. */
export class TimelineFeed {
  readonly #fetch: () => Promise<TimelineData>;
  #timeline = new AnswerTimeline();
  /** Events that came while the server was asked for those before them. */
  #meanwhile: AnswerEvent[] | undefined;
  #readers = 0;
  data = $state.raw<TimelineData | undefined>();

  constructor(fetch: () => Promise<TimelineData>) {
    this.#fetch = fetch;
  }

  note(event: AnswerEvent): void {
    this.#timeline.note(event);
    this.#meanwhile?.push(event);
  }

  /** @param seq Sequence of the last event that is known of the answer. */
  open(seq: number): () => void {
    this.#readers++;
    if (!this.#timeline.isComplete || this.#timeline.seq < seq) void this.#catchUp();
    this.show();
    return () => {
      this.#readers--;
    };
  }

  /** Shows what was noted, if anybody looks. */
  show(): void {
    if (this.#readers > 0) this.data = this.#timeline.data();
  }

  async #catchUp(): Promise<void> {
    if (this.#meanwhile !== undefined) return;
    this.#meanwhile = [];
    try {
      // The journal is always ahead of this page: together with what comes meanwhile, nothing is missing.
      const timeline = new AnswerTimeline(await this.#fetch());
      for (const event of this.#meanwhile) timeline.note(event);
      this.#timeline = timeline;
      this.show();
    } catch (error) {
      // Who opens it again asks again; the answer itself is shown all the same.
      if (!(error instanceof FailureError)) throw error;
    } finally {
      this.#meanwhile = undefined;
    }
  }
}
