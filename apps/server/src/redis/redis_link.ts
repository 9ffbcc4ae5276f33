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

/** Waits for a reply: one that is owed for long ends the connection, and with the connection ends the waiting. */
export type Attend = <T>(reply: Promise<T>) => Promise<T>;

interface Session {
  client: LinkClient;
  /** Commands without a reply. */
  waiting: number;
  /** Looks since anything was heard. */
  silentLooks: number;
  /** Ends every waiting. */
  readonly lost: Set<(error: Error) => void>;
}

/** How often a connection is looked after, in milliseconds. */
const LOOK_MS = 500;

/** A connection that owes a reply for so many looks is dead. By looks, not by time: this process may have been paused itself. */
const DEAD_LOOKS = 8;

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
      return await this.#attend(session, session.client.sendCommand(args));
    } catch (error) {
      if (!(error instanceof ErrorReply)) throw new ReplyLostError("The connection was lost", { cause: error });
      if (isWrongServer(error)) this.#lose(session);
      throw error;
    }
  }

  /** Not left to the client library alone: whoever waits for a reply of a connection that is gone would wait for ever. */
  async #attend<T>(session: Session, reply: Promise<T>): Promise<T> {
    const { promise: gone, reject } = Promise.withResolvers<never>();
    session.lost.add(reject);
    session.waiting += 1;
    try {
      return await Promise.race([reply, gone]);
    } finally {
      session.lost.delete(reject);
      session.waiting -= 1;
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
    const session: Session = { client, waiting: 0, silentLooks: 0, lost: new Set() };
    this.#session = session;
    client.once("lost", () => this.#lose(session));
    this.#onReady(client, (reply) => this.#attend(session, reply));
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
    if (session.waiting > 0 && session.silentLooks >= DEAD_LOOKS) this.#lose(session);
    else if (session.waiting === 0 && session.silentLooks >= IDLE_LOOKS) void this.send(["PING"]).catch(() => {});
  }
}

function end({ client, lost }: Session): void {
  client.destroy();
  for (const reject of [...lost]) reject(new Error("The connection was lost"));
}
