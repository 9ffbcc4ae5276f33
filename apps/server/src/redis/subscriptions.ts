/** What comes through a channel. */
export interface ChannelListener {
  hear(message: string): void;
  /** The channel is heard from now on; what was said before may have been missed. */
  onHeard(): void;
  /** Asked now and then to look for itself, since nobody tells of a message that a server or a line has lost. */
  onLook?(): void;
}

/** How channels are entered and left on the connection that there is now; both fail if it is lost. */
export interface ChannelDoor {
  enter(channel: string): Promise<unknown>;
  leave(channel: string): Promise<unknown>;
}

interface Channel {
  /** `undefined`: nobody wants to hear it any more. */
  listener: ChannelListener | undefined;
  isEntered: boolean;
  isBusy: boolean;
  /** When its listener last began or looked for itself, in monotonic milliseconds. */
  lookedAt: number;
}

/** How long a listener relies on what it is told, in milliseconds: nobody tells of a message that a server or a line has lost. */
const LOOK_AFTER_MS = 5_000;

/** Between two calls of `look()`, in milliseconds. */
export const LOOK_EVERY_MS = 100;

/** Of all listeners, so large a share looks at once at the most: all of those that began together within half of the time above. */
const LOOK_SHARE = 1 / 25;

/**
 * The channels that this process hears: one connection for all, and again all of them after every reconnect.
 *
 * Each channel is entered and left strictly in turn: a reader who comes while the last one leaves would else be left deaf.
 */
export class Subscriptions {
  readonly #channels = new Map<string, Channel>();
  #door: ChannelDoor | undefined;

  /** Channels that are heard or about to be. */
  get size(): number {
    return this.#channels.size;
  }

  /** Begins to listen; the returned function ends it. A channel has one listener at a time. */
  listen(name: string, listener: ChannelListener): () => void {
    const channel = this.#channels.get(name) ?? { listener, isEntered: false, isBusy: false, lookedAt: now() };
    channel.listener = listener;
    this.#channels.set(name, channel);
    void this.#settle(name, channel);
    return () => {
      if (channel.listener !== listener) return;
      channel.listener = undefined;
      void this.#settle(name, channel);
    };
  }

  /** Passes on what was heard. */
  hear(message: string, name: string): void {
    const listener = this.#channels.get(name)?.listener;
    try {
      listener?.hear(message);
    } catch {
      // What can't be understood is as good as missed; thrown into the client library, it would cost the connection.
      listener?.onHeard();
    }
  }

  /** There is a new connection, on which no channel has been entered yet. */
  connected(door: ChannelDoor): void {
    this.#door = door;
    for (const [name, channel] of [...this.#channels]) {
      channel.isEntered = false;
      void this.#settle(name, channel);
    }
  }

  /** The connection may have been away for a while; it enters again by itself the channels that it had entered before. */
  returned(): void {
    for (const [name, channel] of [...this.#channels]) {
      if (channel.isEntered) channel.listener?.onHeard();
      else void this.#settle(name, channel);
    }
  }

  /**
   * Has the listeners whose time has come look for themselves, all the more where the channel could not be entered, which is tried
   * again. A few each time: all at once would keep everybody else waiting.
   */
  look(): void {
    const until = now() - LOOK_AFTER_MS;
    let left = Math.ceil(this.#channels.size * LOOK_SHARE);
    for (const [name, channel] of [...this.#channels]) {
      if (channel.lookedAt > until || left === 0) break;
      left -= 1;
      channel.lookedAt = now();
      // To the end of the queue.
      this.#channels.delete(name);
      this.#channels.set(name, channel);
      channel.listener?.onLook?.();
      if (!channel.isEntered) void this.#settle(name, channel);
    }
  }

  async #settle(name: string, channel: Channel): Promise<void> {
    if (channel.isBusy) return;
    channel.isBusy = true;
    try {
      for (let door = this.#door; door !== undefined; door = this.#door) {
        if ((channel.listener !== undefined) === channel.isEntered) break;
        const isEntering = !channel.isEntered;
        try {
          await (isEntering ? door.enter(name) : door.leave(name));
        } catch {
          // The connection broke: the next one is told of all channels anew.
          if (this.#door === door) break;
          continue;
        }
        if (this.#door !== door) continue;
        channel.isEntered = isEntering;
        if (isEntering) channel.listener?.onHeard();
      }
    } finally {
      channel.isBusy = false;
    }
    if (channel.listener === undefined && !channel.isEntered && this.#channels.get(name) === channel) {
      this.#channels.delete(name);
    }
  }
}

function now(): number {
  return performance.now();
}
