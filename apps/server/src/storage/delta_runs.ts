import type { JournalEvent, ReasoningDelta, TextDelta } from "@cogniforge/core/events";

type Delta = TextDelta | ReasoningDelta;

/**
 * Deltas of one kind and attempt that follow each other, as a compacted journal keeps them: their text once, and beside it
 * where it was cut and when each piece came. Every delta can be told again exactly as it was, so that any cursor still
 * finds its place, also one between two pieces of reasoning, which have no offsets.
 */
export interface DeltaRun {
  run: Delta["type"];
  /** Sequence of the first delta; the others follow without a gap. */
  seq: number;
  attempt: number;
  /** When the first came, in epoch milliseconds. */
  at: number;
  /** Of the first text delta. */
  offset?: number;
  text: string;
  /** Length of each delta's text, in UTF-16 code units. */
  lengths: number[];
  /** Milliseconds from each delta to the next. */
  gaps: number[];
  isRefusal?: true;
  /** What only some deltas carry, by their place in the run. */
  extras?: Record<number, Extra>;
}

type Extra = Pick<TextDelta, "modelReported" | "logprobs">;

/** An event as a batch of the journal holds it. */
export type StoredEvent = JournalEvent | DeltaRun;

const KNOWN_FIELDS = new Set([
  "seq",
  "at",
  "type",
  "attempt",
  "offset",
  "text",
  "isRefusal",
  "modelReported",
  "logprobs",
]);

/** Draws deltas together wherever that loses nothing; all other events stay as they are. */
export function compactEvents(events: readonly JournalEvent[]): StoredEvent[] {
  const stored: StoredEvent[] = [];
  let open: OpenRun | undefined;
  for (const event of events) {
    if (!isDelta(event)) {
      stored.push(event);
      open = undefined;
    } else if (open?.goesOnWith(event)) {
      open.add(event);
    } else {
      open = new OpenRun(event);
      stored.push(open.run);
    }
  }
  // A run of one says nothing that its delta does not say more shortly.
  return stored.flatMap((event) => ("run" in event && event.lengths.length === 1 ? [...deltasOf(event, 0)] : [event]));
}

/** The events after a sequence, as they were before they were drawn together. */
export function* expandEvents(stored: readonly StoredEvent[], after: number): Generator<JournalEvent> {
  for (const event of stored) {
    if ("run" in event) yield* deltasOf(event, after);
    else if (event.seq > after) yield event;
  }
}

/** A delta of which nothing would be lost: a later version's fields are left alone. */
function isDelta(event: JournalEvent): event is Delta {
  return (
    (event.type === "text-delta" || event.type === "reasoning-delta") &&
    Object.keys(event).every((field) => KNOWN_FIELDS.has(field))
  );
}

class OpenRun {
  readonly run: DeltaRun;
  #lastAt: number;

  constructor(first: Delta) {
    const { type, seq, attempt, at } = first;
    this.run = { run: type, seq, attempt, at, text: "", lengths: [], gaps: [] };
    if (first.type === "text-delta") {
      this.run.offset = first.offset;
      if (first.isRefusal) this.run.isRefusal = true;
    }
    this.#lastAt = at;
    this.add(first);
  }

  goesOnWith(delta: Delta): boolean {
    const { run, seq, attempt, offset = 0, text, lengths, isRefusal } = this.run;
    if (delta.type !== run || delta.attempt !== attempt || delta.seq !== seq + lengths.length) return false;
    // Times that are no whole numbers could change by being taken from each other and added again.
    if (this.#lastAt + (delta.at - this.#lastAt) !== delta.at) return false;
    return delta.type === "reasoning-delta" || (delta.offset === offset + text.length && delta.isRefusal === isRefusal);
  }

  add(delta: Delta): void {
    const { lengths, gaps } = this.run;
    const extra: Extra = {};
    if (delta.modelReported !== undefined) extra.modelReported = delta.modelReported;
    if (delta.type === "text-delta" && delta.logprobs !== undefined) extra.logprobs = delta.logprobs;
    if (Object.keys(extra).length > 0) this.run.extras = { ...this.run.extras, [lengths.length]: extra };
    if (lengths.length > 0) gaps.push(delta.at - this.#lastAt);
    this.#lastAt = delta.at;
    lengths.push(delta.text.length);
    this.run.text += delta.text;
  }
}

function* deltasOf({ run, isRefusal, ...kept }: DeltaRun, after: number): Generator<Delta> {
  let { seq, at } = kept;
  let from = 0;
  for (const [index, length] of kept.lengths.entries()) {
    if (index > 0) at += kept.gaps[index - 1] ?? 0;
    if (seq > after) {
      const shared = { seq, at, attempt: kept.attempt, text: kept.text.slice(from, from + length) };
      const { logprobs, modelReported } = kept.extras?.[index] ?? {};
      const reported = modelReported === undefined ? {} : { modelReported };
      yield run === "reasoning-delta"
        ? { ...shared, type: run, ...reported }
        : {
            ...shared,
            type: run,
            offset: (kept.offset ?? 0) + from,
            ...reported,
            ...(logprobs && { logprobs }),
            ...(isRefusal && { isRefusal }),
          };
    }
    seq += 1;
    from += length;
  }
}
