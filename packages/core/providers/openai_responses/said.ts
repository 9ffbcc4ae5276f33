/** What a slot is for: each is one part of the output, known by the event's indexes. */
export type SlotKind = "text" | "refusal" | "summary" | "reasoning";

/**
 * Remembers what was said, since the same text comes up to four times: as deltas, when its part is done, when its item is done,
 * and in the whole response. Some servers leave out one, some all but one.
 */
export class Said {
  readonly #slots = new Map<string, string>();
  readonly #totals = new Map<SlotKind, string>();

  /** Whether anything of the kinds was said. */
  has(...kinds: SlotKind[]): boolean {
    return kinds.some((kind) => (this.#totals.get(kind) ?? "") !== "");
  }

  /** Notes a further piece of a slot. */
  add(kind: SlotKind, slot: string, piece: string): void {
    const key = `${kind} ${slot}`;
    this.#slots.set(key, (this.#slots.get(key) ?? "") + piece);
    this.#totals.set(kind, (this.#totals.get(kind) ?? "") + piece);
  }

  /** What of a slot's whole text has not been said yet; nothing where the two do not agree, since what was said stays. */
  missing(kind: SlotKind, slot: string, whole: string): string {
    const said = this.#slots.get(`${kind} ${slot}`);
    if (said !== undefined) return whole.startsWith(said) ? whole.slice(said.length) : "";
    // Servers that number a part differently when it is done.
    return (this.#totals.get(kind) ?? "").endsWith(whole) ? "" : whole;
  }
}
