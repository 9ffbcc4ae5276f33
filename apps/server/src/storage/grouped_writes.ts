import { setImmediate as nextTurn } from "node:timers/promises";

interface Waiting<T> {
  item: T;
  resolve: () => void;
  reject: (reason: unknown) => void;
}

/** Items of one group: more would hold the connection for too long. */
const MAX_GROUP = 64;

/**
 * Writes what came during one turn of the event loop together, as one transaction costs little more than one of its rows.
 *
 * If a group can't be written, each of its items is tried alone, so that one bad item harms no other.
 */
export class GroupedWrites<T> {
  readonly #write: (items: readonly T[]) => Promise<void>;
  readonly #waiting: Waiting<T>[] = [];
  #isWriting = false;

  constructor(write: (items: readonly T[]) => Promise<void>) {
    this.#write = write;
  }

  /** Resolves when the item is written. */
  put(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      await nextTurn();
      await this.#writeGroup(this.#waiting.splice(0, MAX_GROUP));
    }
    this.#isWriting = false;
  }

  async #writeGroup(group: readonly Waiting<T>[]): Promise<void> {
    try {
      await this.#write(group.map(({ item }) => item));
      for (const { resolve } of group) resolve();
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else for (const one of group) await this.#writeGroup([one]);
    }
  }
}
