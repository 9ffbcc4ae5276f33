import type { JournalEvent } from "@cogniforge/core/events";
import type { Journal, JournalEntry } from "@cogniforge/core/journal";

/** Events that are read at once. */
const PAGE_EVENTS = 5_000;

/** All events of an answer. */
export async function readAll(from: Pick<Journal, "read">, answerId: string): Promise<JournalEvent[]> {
  const events: JournalEvent[] = [];
  for (;;) {
    const page = await from.read(answerId, events.at(-1)?.seq ?? 0, PAGE_EVENTS);
    events.push(...page);
    if (page.length < PAGE_EVENTS) return events;
  }
}

/** The same for the same fields, in whichever order they were written: compacted runs give theirs in an order of their own. */
export function textOf(value: JournalEvent | JournalEntry | JournalEntry["header"] | undefined): string {
  return (
    JSON.stringify(value, (_name, part: unknown) =>
      typeof part === "object" && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)))
        : part,
    ) ?? ""
  );
}
