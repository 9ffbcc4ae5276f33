import type { AnswerState, JournalEvent, TextDelta } from "../events/mod.ts";
import { foldEvent } from "../events/mod.ts";
import type { Journal, Lease } from "../journal/mod.ts";

type Unstamped<T> = T extends { seq: number; at: number } ? Omit<T, "seq" | "at"> : never;

/** An event before it has its number and time; a text delta's offset is the writer's affair too. */
export type AnswerFact = Unstamped<Exclude<JournalEvent, TextDelta>> | Omit<TextDelta, "seq" | "at" | "offset">;

/** What an attempt's stream releases. */
export type AttemptFact = Extract<
  AnswerFact,
  { type: "text-delta" | "reasoning-delta" | "reasoning-details" | "tool-call" }
>;

/** The one that numbers an answer's events and appends them under its lease. */
export class AnswerWriter {
  readonly #journal: Journal;
  readonly #wallTime: () => number;
  #lease: Lease;
  #state: AnswerState;
  readonly #staged: JournalEvent[] = [];

  constructor(journal: Journal, lease: Lease, state: AnswerState, wallTime: () => number) {
    this.#journal = journal;
    this.#lease = lease;
    this.#state = state;
    this.#wallTime = wallTime;
  }

  /** The answer as its journal has it, and as it will have it with the next write. */
  get state(): AnswerState {
    return this.#state;
  }

  get lease(): Lease {
    return this.#lease;
  }

  /** Puts a renewed lease in the place of the old one. */
  renewed(lease: Lease): void {
    this.#lease = lease;
  }

  /** Numbers a fact that goes out with those of the next write, which is about to come: one append costs less than two. */
  stage(fact: AnswerFact): void {
    const { events, state } = this.#stamp([fact]);
    this.#staged.push(...events);
    this.#state = state;
  }

  /**
   * Appends facts in one go; resolves when they are durable.
   *
   * @throws {LeaseLostError} If another process has taken the answer over.
   */
  async write(facts: readonly AnswerFact[]): Promise<void> {
    if (facts.length === 0) return;
    const { events, state } = this.#stamp(facts);
    await this.#journal.append(this.#lease, this.#staged.length > 0 ? [...this.#staged.splice(0), ...events] : events);
    this.#state = state;
  }

  #stamp(facts: readonly AnswerFact[]): { events: JournalEvent[]; state: AnswerState } {
    const at = this.#wallTime();
    let state = this.#state;
    const events: JournalEvent[] = [];
    for (const fact of facts) {
      const stamp = { seq: state.seq + 1, at };
      const event: JournalEvent =
        fact.type === "text-delta" ? { ...stamp, ...fact, offset: state.text.length } : { ...stamp, ...fact };
      events.push(event);
      state = foldEvent(state, event);
    }
    return { events, state };
  }
}
