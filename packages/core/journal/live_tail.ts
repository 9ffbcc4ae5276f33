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
  /** Told when an answer gets its first follower, so that what other processes append to it can be listened for. */
  onFollowed?: ((answerId: string) => void) | undefined;
  /** Told when an answer's last follower has left. */
  onLeft?: ((answerId: string) => void) | undefined;
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
  /** Rises with whatever a follower must not sleep over. */
  turn: number;
}

/** So many events are kept of an answer that has just begun for a follower who has not come yet. */
const EXPECTING_EVENTS = 32;

/**
 * Makes `follow` live, for every journal: the journal reads and writes, this tells followers what was just written.
 *
 * Where many processes append to one journal, each publishes what it hears of the others too: late, twice or with gaps, which
 * followers fill from the journal.
 *
 * An answer has an entry only while somebody follows it, or is about to, so an answer that nobody watches costs one failed lookup
 * per append and nothing ever grows. There are no timers: a publication wakes each waiting follower once.
 */
export class LiveTail {
  readonly #source: TailSource;
  readonly #windowEvents: number;
  readonly #pageEvents: number;
  readonly #onFollowed: (answerId: string) => void;
  readonly #onLeft: (answerId: string) => void;
  readonly #channels = new Map<string, Channel>();
  #isClosed = false;

  constructor(source: TailSource, options: LiveTailOptions = {}) {
    const { windowEvents = 256, pageEvents = 256, onFollowed = () => {}, onLeft = () => {} } = options;
    this.#source = source;
    this.#windowEvents = windowEvents;
    this.#pageEvents = pageEvents;
    this.#onFollowed = onFollowed;
    this.#onLeft = onLeft;
  }

  /** Answers with followers now. */
  get size(): number {
    let count = 0;
    for (const { followers } of this.#channels.values()) if (followers.size > 0) count++;
    return count;
  }

  /** Whether an answer has followers now. */
  isFollowed(answerId: string): boolean {
    return (this.#channels.get(answerId)?.followers.size ?? 0) > 0;
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
    this.#channels.set(answerId, { followers: new Set(), window, isExpecting: true, turn: 0 });
  }

  /** Whether the event of this sequence would tell nobody anything: it was told already, or nobody follows. */
  knows(answerId: string, seq: number): boolean {
    const channel = this.#channels.get(answerId);
    return channel === undefined || seq <= channel.window.lastSeq;
  }

  /**
   * Tells followers what the journal has made durable, in the order of its sequence. What they know already is passed over; after
   * a gap they read the journal.
   */
  publish(answerId: string, events: readonly JournalEvent[]): void {
    const channel = this.#channels.get(answerId);
    const last = events.at(-1);
    if (channel === undefined || last === undefined || last.seq <= channel.window.lastSeq) return;
    channel.window.push(events);
    wakeAll(channel);
    if (channel.isExpecting) channel.isExpecting = !channel.window.hasEnd && channel.window.length <= EXPECTING_EVENTS;
    this.#forgetUnused(answerId, channel);
  }

  /** Something may have been appended unheard: the followers of one answer, or of all, read on from the journal. */
  refresh(answerId?: string): void {
    const channels = answerId === undefined ? [...this.#channels.values()] : [this.#channels.get(answerId)];
    for (const channel of channels) {
      if (channel === undefined) continue;
      channel.window.clear();
      wakeAll(channel);
    }
  }

  /** Ends every following, as an abort would. */
  close(): void {
    this.#isClosed = true;
    for (const channel of this.#channels.values()) wakeAll(channel);
  }

  /**
   * The past from the journal, then the present from the window, through one loop.
   *
   * @throws {RangeError} If the journal has no such answer.
   */
  async *follow(answerId: string, { after, signal }: FollowOptions): AsyncGenerator<readonly JournalEvent[]> {
    // Who has left before it came is not the follower that an answer waits for.
    if (signal?.aborted) return;
    const follower: Follower = { wake: undefined };
    const onAbort = () => follower.wake?.();
    const channel = this.#join(answerId, follower);
    const { window } = channel;
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      let position = after;
      while (!signal?.aborted && !this.#isClosed) {
        // Taken before the journal is asked: what is published meanwhile must not be slept over.
        const seen = channel.turn;
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
        } else if (channel.turn === seen && !this.#isClosed) {
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
      channel = { followers: new Set(), window: new TailWindow(this.#windowEvents), isExpecting: false, turn: 0 };
      this.#channels.set(answerId, channel);
    }
    channel.followers.add(follower);
    channel.isExpecting = false;
    if (channel.followers.size === 1) this.#onFollowed(answerId);
    return channel;
  }

  #leave(answerId: string, follower: Follower): void {
    const channel = this.#channels.get(answerId);
    if (channel === undefined) return;
    channel.followers.delete(follower);
    this.#forgetUnused(answerId, channel);
    if (channel.followers.size === 0) this.#onLeft(answerId);
  }

  #forgetUnused(answerId: string, { followers, isExpecting }: Channel): void {
    if (followers.size === 0 && !isExpecting) this.#channels.delete(answerId);
  }
}

function wakeAll(channel: Channel): void {
  channel.turn += 1;
  for (const follower of channel.followers) follower.wake?.();
}
