import type { JournalEvent } from "../events/mod.ts";
import type { FollowOptions, JournalEntry } from "./journal.ts";
import { TailWindow } from "./tail_window.ts";

/** The part of a journal from which a follower catches up. */
export interface TailSource {
  find(answerId: string): Promise<JournalEntry | undefined>;
  read(answerId: string, after: number, limit: number): Promise<readonly JournalEvent[]>;
}

export interface LiveTailOptions {
  /** Recent events kept for an answer that has followers; whoever is further behind reads the journal. Default 256. */
  windowEvents?: number;
  /** Events that a follower reads from the journal at once. Default 256. */
  pageEvents?: number;
}

/** One reader that follows: its whole cost is this and its position. */
interface Follower {
  wake: (() => void) | undefined;
}

interface Channel {
  followers: Set<Follower>;
  window: TailWindow;
  /** Whether it waits for its first follower. */
  isExpecting: boolean;
}

/** So many events are kept of an answer that has just begun for a follower who has not come yet. */
const EXPECTING_EVENTS = 32;

/**
 * Makes `follow` live, for every journal: the journal reads and writes, this tells followers what was just written.
 *
 * An answer has an entry only while somebody follows it, or is about to, so an answer that nobody watches costs one failed lookup
 * per append and nothing ever grows. There are no timers: a publication wakes each waiting follower once.
 */
export class LiveTail {
  readonly #source: TailSource;
  readonly #windowEvents: number;
  readonly #pageEvents: number;
  readonly #channels = new Map<string, Channel>();
  #isClosed = false;

  constructor(source: TailSource, { windowEvents = 256, pageEvents = 256 }: LiveTailOptions = {}) {
    this.#source = source;
    this.#windowEvents = windowEvents;
    this.#pageEvents = pageEvents;
  }

  /** Answers with followers now. */
  get size(): number {
    let count = 0;
    for (const { followers } of this.#channels.values()) if (followers.size > 0) count++;
    return count;
  }

  /** Followers of all answers now. */
  get followers(): number {
    let count = 0;
    for (const { followers } of this.#channels.values()) count += followers.size;
    return count;
  }

  /** An answer begins here: whoever follows it soon needs not ask the journal. */
  begin(answerId: string): void {
    // Somebody was quicker, and waits on the one that is there.
    if (this.#channels.has(answerId)) return;
    const window = new TailWindow(this.#windowEvents, true);
    this.#channels.set(answerId, { followers: new Set(), window, isExpecting: true });
  }

  /** Tells followers what the journal has just made durable; calls of one answer come in the order of its sequence. */
  publish(answerId: string, events: readonly JournalEvent[]): void {
    const channel = this.#channels.get(answerId);
    if (channel === undefined) return;
    channel.window.push(events);
    for (const follower of channel.followers) follower.wake?.();
    if (channel.isExpecting) channel.isExpecting = !channel.window.hasEnd && channel.window.length <= EXPECTING_EVENTS;
    this.#forgetUnused(answerId, channel);
  }

  /** Ends every following, as an abort would. */
  close(): void {
    this.#isClosed = true;
    for (const { followers } of this.#channels.values()) {
      for (const follower of followers) follower.wake?.();
    }
  }

  /**
   * The past from the journal, then the present from the window, through one loop.
   *
   * @throws {RangeError} If the journal has no such answer.
   */
  async *follow(answerId: string, { after, signal }: FollowOptions): AsyncGenerator<readonly JournalEvent[]> {
    const follower: Follower = { wake: undefined };
    const onAbort = () => follower.wake?.();
    const { window } = this.#join(answerId, follower);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      let position = after;
      while (!signal?.aborted && !this.#isClosed) {
        // Taken before the journal is asked: what is published meanwhile must not be slept over.
        const seen = window.lastSeq;
        // The window holds what was published since it was opened; everything older stands in the journal.
        const batch = window.after(position, this.#pageEvents) ?? (await this.#readPast(answerId, position));
        if (batch === "ended" || signal?.aborted) return;
        const last = batch.at(-1);
        if (last !== undefined) {
          position = last.seq;
          yield batch;
          if (last.type === "answer-end") return;
        } else if (window.hasEnd && window.lastSeq <= position) {
          return;
        } else if (window.lastSeq === seen && !this.#isClosed) {
          await new Promise<void>((resolve) => {
            follower.wake = resolve;
          });
          follower.wake = undefined;
        }
      }
    } finally {
      signal?.removeEventListener("abort", onAbort);
      this.#leave(answerId, follower);
    }
  }

  async #readPast(answerId: string, position: number): Promise<readonly JournalEvent[] | "ended"> {
    const events = await this.#source.read(answerId, position, this.#pageEvents);
    if (events.length > 0) return events;
    const entry = await this.#source.find(answerId);
    if (entry === undefined) {
      throw new RangeError(`Cannot follow the answer '${answerId}' as the journal has none of this id`);
    }
    // Both questions took time: events that came between them are read by the next round, the end included.
    if (entry.lastSeq > position) return this.#source.read(answerId, position, this.#pageEvents);
    return entry.isEnded ? "ended" : events;
  }

  #join(answerId: string, follower: Follower): Channel {
    let channel = this.#channels.get(answerId);
    if (channel === undefined) {
      channel = { followers: new Set(), window: new TailWindow(this.#windowEvents), isExpecting: false };
      this.#channels.set(answerId, channel);
    }
    channel.followers.add(follower);
    channel.isExpecting = false;
    return channel;
  }

  #leave(answerId: string, follower: Follower): void {
    const channel = this.#channels.get(answerId);
    channel?.followers.delete(follower);
    if (channel !== undefined) this.#forgetUnused(answerId, channel);
  }

  #forgetUnused(answerId: string, { followers, isExpecting }: Channel): void {
    if (followers.size === 0 && !isExpecting) this.#channels.delete(answerId);
  }
}
