import { ErrorReply } from "redis";
import { isWrongServer, OfflineError, ReplyLostError } from "./redis_errors.ts";

/** One connection of a client library that neither reconnects nor queues by itself. */
export interface LinkClient {
  sendCommand(args: readonly string[]): Promise<unknown>;
  subscribe(channel: string, hear: (message: string, channel: string) => void): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  once(event: "lost", listener: () => void): unknown;
  destroy(): void;
}

export interface RedisLinkOptions {
  /** Connects, or throws within some seconds. */
  dial: () => Promise<LinkClient>;
  /** Called with each new connection; `attend` is for whatever is asked of it beside commands. */
  onReady?: (client: LinkClient, attend: Attend) => void;
}

/**
 * Asks, and waits for the reply: one that is owed for long ends the connection, and with the connection ends the waiting. On a
 * connection that is gone nothing is asked.
 */
export type Attend = <T>(ask: () => Promise<T>) => Promise<T>;

/** A reply that is waited for. */
interface Owed {
  /** How often it was looked for. */
  looks: number;
  lose(error: Error): void;
}

interface Session {
  client: LinkClient;
  /** Looks since anything was heard. */
  silentLooks: number;
  /** The oldest first. */
  readonly owed: Set<Owed>;
}

/** How often a connection is looked after, in milliseconds. */
const LOOK_MS = 500;

/** A connection that owes a reply for so many looks is dead. By looks, not by time: this process may have been paused itself. */
const DEAD_LOOKS = 8;

/** A single reply that is owed for so many looks, while others come, will not come. */
const LOST_LOOKS = 16;

/** An idle connection is asked for a sign of life after so many looks. */
const IDLE_LOOKS = 4;

const SHORTEST_WAIT_MS = 25;
const LONGEST_WAIT_MS = 2_000;

/**
 * A connection that comes back by itself, to whatever server is the right one then.
 *
 * Nothing is queued while it is away: a command either goes out with the next write or fails at once. Commands of one turn of the
 * event loop leave in one write.
 */
export class RedisLink {
  readonly #dial: RedisLinkOptions["dial"];
  readonly #onReady: (client: LinkClient, attend: Attend) => void;
  readonly #waiters = new Set<(isReady: boolean) => void>();
  readonly #look: NodeJS.Timeout;
  #session: Session | undefined;
  #isClosed = false;

  private constructor({ dial, onReady = () => {} }: RedisLinkOptions) {
    this.#dial = dial;
    this.#onReady = onReady;
    this.#look = setInterval(() => this.#lookAfter(), LOOK_MS).unref();
  }

  /** Connects for the first time; what `dial` throws is thrown. */
  static async open(options: RedisLinkOptions): Promise<RedisLink> {
    const link = new RedisLink(options);
    try {
      link.#begin(await options.dial());
    } catch (error) {
      await link.close();
      throw error;
    }
    return link;
  }

  /** The connection, if there is one now. */
  get client(): LinkClient | undefined {
    return this.#session?.client;
  }

  /**
   * Sends a command.
   *
   * @throws {OfflineError} If it was not sent.
   * @throws {ReplyLostError} If nobody knows whether it was done.
   * @throws {ErrorReply} What Redis replied.
   */
  async send(args: readonly string[]): Promise<unknown> {
    const session = this.#session;
    if (session === undefined) throw new OfflineError("There is no connection");
    try {
      return await this.#attend(session, () => session.client.sendCommand(args));
    } catch (error) {
      const isReply = error instanceof ErrorReply;
      // Whatever is no reply means that the client can't be used any more, whether or not it has said so.
      if (!isReply || isWrongServer(error)) this.#lose(session);
      throw isReply ? error : new ReplyLostError("The connection was lost", { cause: error });
    }
  }

  /** Not left to the client library alone: whoever waits for a reply of a connection that is gone would wait for ever. */
  async #attend<T>(session: Session, ask: () => Promise<T>): Promise<T> {
    if (this.#session !== session) throw new OfflineError("There is no connection");
    const { promise: gone, reject: lose } = Promise.withResolvers<never>();
    const owed: Owed = { looks: 0, lose };
    session.owed.add(owed);
    try {
      return await Promise.race([ask(), gone]);
    } finally {
      session.owed.delete(owed);
      session.silentLooks = 0;
    }
  }

  /** Resolves once there is a connection: to `false` where none came within `ms`. */
  whenReady(ms: number): Promise<boolean> {
    if (this.#session !== undefined || this.#isClosed) return Promise.resolve(!this.#isClosed);
    return new Promise((resolve) => {
      const settle = (isReady: boolean) => {
        clearTimeout(timer);
        this.#waiters.delete(settle);
        resolve(isReady);
      };
      const timer = setTimeout(() => settle(false), ms);
      this.#waiters.add(settle);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#look);
    if (this.#session !== undefined) end(this.#session);
    this.#session = undefined;
    for (const settle of [...this.#waiters]) settle(false);
  }

  #begin(client: LinkClient): void {
    if (this.#isClosed) {
      client.destroy();
      return;
    }
    const session: Session = { client, silentLooks: 0, owed: new Set() };
    this.#session = session;
    client.once("lost", () => this.#lose(session));
    this.#onReady(client, (ask) => this.#attend(session, ask));
    for (const settle of [...this.#waiters]) settle(true);
  }

  #lose(session: Session): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    end(session);
    if (!this.#isClosed) void this.#redial();
  }

  async #redial(): Promise<void> {
    for (let waitMs = SHORTEST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      // At random moments, so that not all replicas come at once to a server that has just started.
      await new Promise((resolve) => setTimeout(resolve, waitMs * (0.5 + Math.random() / 2)).unref());
      if (this.#isClosed) return;
      const client = await this.#dial().catch(() => undefined);
      if (client === undefined) continue;
      this.#begin(client);
      return;
    }
  }

  #lookAfter(): void {
    const session = this.#session;
    if (session === undefined) return;
    session.silentLooks += 1;
    const { owed, silentLooks } = session;
    for (const one of owed) one.looks += 1;
    const [oldest] = owed;
    if (oldest === undefined) {
      if (silentLooks >= IDLE_LOOKS) void this.send(["PING"]).catch(() => {});
    } else if (silentLooks >= DEAD_LOOKS || oldest.looks >= LOST_LOOKS) this.#lose(session);
  }
}

function end({ client, owed }: Session): void {
  client.destroy();
  for (const { lose } of [...owed]) lose(new Error("The connection was lost"));
}
