import { createHash } from "node:crypto";
import type { AnswerEnd, AnswerEvent, AttemptSummary } from "@cogniforge/core/events";
import { EMPTY_ANSWER_STATE, foldEvent, PROTOCOL_VERSION } from "@cogniforge/core/events";

type Unstamped<T> = T extends AnswerEvent ? Omit<T, "seq" | "at"> : never;

/** An answer in memory whose events a test writes. */
export class ScriptedAnswer {
  readonly events: AnswerEvent[] = [];
  readonly answerId: string;
  readonly question: string;
  #text = "";
  readonly #wakes = new Set<() => void>();

  constructor(answerId: string, question = "Why?") {
    this.answerId = answerId;
    this.question = question;
    this.#append({
      type: "answer-start",
      version: PROTOCOL_VERSION,
      answerId,
      route: "default",
      policy: {
        targets: [{ provider: "scripted", model: "one" }],
        timeouts: { connectMs: 1, firstTokenMs: 1, idleMs: 1, totalMs: 1 },
        maxRetries: 0,
        onCut: "continue",
      },
    });
    this.#append({ type: "attempt-start", attempt: 1, provider: "scripted", model: "one", why: "first", offset: 0 });
  }

  get text(): string {
    return this.#text;
  }

  get isEnded(): boolean {
    return this.events.at(-1)?.type === "answer-end";
  }

  say(...texts: string[]): this {
    for (const text of texts) {
      this.#append({ type: "text-delta", attempt: 1, offset: this.#text.length, text });
      this.#text += text;
    }
    return this;
  }

  end(changes: Partial<AnswerEnd> = {}): this {
    const timing = { deltas: 0, totalMs: 1 };
    const attempt: AttemptSummary = {
      attempt: 1,
      provider: "scripted",
      model: "one",
      why: "first",
      outcome: "completed",
      from: 0,
      to: this.#text.length,
    };
    this.#append({
      type: "answer-end",
      outcome: "completed",
      length: this.#text.length,
      sha256: createHash("sha256").update(this.#text).digest("hex"),
      attempts: [attempt],
      timing,
      ...changes,
    });
    return this;
  }

  /** Position after `count` events. */
  cursor(count: number): string {
    return `${this.answerId}.${count}`;
  }

  /** How many events a cursor has behind it; `undefined` if it is none of this answer. */
  countOf(cursor: string): number | undefined {
    const [id, count] = cursor.split(".");
    return id === this.answerId ? Number(count) : undefined;
  }

  /** What a late reader gets: the start, then one snapshot in place of what was said. */
  past(): AnswerEvent[] {
    const [start, ...rest] = this.events;
    const said = rest.filter(({ type }) => type !== "answer-end");
    if (start === undefined || this.#text === "") return [...this.events];
    const { text, reasoning, toolCalls, attempts, deltas, seq } = said.reduce(
      foldEvent,
      foldEvent(EMPTY_ANSWER_STATE, start),
    );
    const snapshot: AnswerEvent = {
      type: "snapshot",
      seq,
      at: 0,
      text,
      reasoning,
      toolCalls: [...toolCalls],
      attempts: [...attempts],
      deltas,
    };
    return [start, snapshot, ...rest.filter(({ type }) => type === "answer-end")];
  }

  /** Resolves at the next event, or when `signal` aborts. */
  news(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#wakes.delete(wake);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      this.#wakes.add(wake);
      signal?.addEventListener("abort", wake, { once: true });
      if (signal?.aborted) wake();
    });
  }

  #append(event: Unstamped<AnswerEvent>): void {
    this.events.push({ seq: this.events.length + 1, at: 0, ...event } as AnswerEvent);
    for (const wake of [...this.#wakes]) wake();
  }
}
