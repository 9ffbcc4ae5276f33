import type { AnswerEnd, JournalEvent, TextDelta } from "../events/mod.ts";
import type { Journal, JournalHeader, Lease } from "./journal.ts";

/** A failure of a conformance case: what was wanted and what was found. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (found !== wanted) throw new Error(`${what}: expected ${wanted}, found ${found}`);
}

/** Asserts that a promise rejects with an error of this name (a built-in's or a class's). */
export async function expectRejection(promise: Promise<unknown>, name: string, what: string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expectEqual(error instanceof Error ? error.name : error, name, what);
}

/** Lets other tasks of the event loop run, network and disk among them. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

export function header(answerId: string, owner = "user:1"): JournalHeader {
  return { answerId, owner, createdAt: 1_700_000_000_000, ask: { version: 1, question: "ما الخبر؟ \u0000 'x'" } };
}

export function delta(seq: number, text = `t${seq} نص `): TextDelta {
  return { seq, at: 1_700_000_000_000 + seq, type: "text-delta", attempt: 1, offset: seq * 3, text };
}

export function end(seq: number): AnswerEnd {
  return {
    seq,
    at: 1_700_000_000_000 + seq,
    type: "answer-end",
    outcome: "completed",
    length: 0,
    sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    attempts: [],
    timing: { totalMs: 1, deltas: seq - 1 },
  };
}

/** Deltas `from` to `to`, both included. */
export function deltas(from: number, to: number): JournalEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => delta(from + index));
}

/** Creates an answer that must be new, and returns its lease. */
export async function created(journal: Journal, answerId: string, holder = "one", ttlMs = 10_000): Promise<Lease> {
  const result = await journal.create(header(answerId), { holder, ttlMs });
  if (!result.created) throw new Error(`Expected '${answerId}' to be new`);
  return result.lease;
}

/** Follows to the end, or until the signal aborts. */
export async function collect(iterable: AsyncIterable<readonly JournalEvent[]>): Promise<JournalEvent[]> {
  const events: JournalEvent[] = [];
  for await (const batch of iterable) events.push(...batch);
  return events;
}
