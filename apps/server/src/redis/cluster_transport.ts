import { setTimeout as pause } from "node:timers/promises";
import { createCluster, ErrorReply } from "redis";
import { DIAL_MS, openErrorOf } from "./dial.ts";
import { ReplyLostError } from "./redis_errors.ts";
import type { RedisTransport } from "./redis_transport.ts";
import type { RedisAddress } from "./redis_url.ts";
import { LOOK_EVERY_MS, Subscriptions } from "./subscriptions.ts";

/** What is used of the library's cluster after it is open. */
interface Cluster {
  sendCommand(key: string | undefined, isReadonly: boolean, args: string[]): Promise<unknown>;
  destroy(): void;
}

/** How long whoever met a node that was away waits before the next try, in milliseconds. */
const RETRY_MS = 100;

const LONGEST_WAIT_MS = 2_000;

/**
 * A Cluster: the library follows slots and nodes, and its channels are sharded, so that what is told of an answer crosses no other
 * node than the one that the answer lives on.
 */
export class ClusterTransport implements RedisTransport {
  readonly isCluster = true;
  readonly subscriptions: Subscriptions;
  readonly #cluster: Cluster;
  readonly #look: NodeJS.Timeout;
  #isClosed = false;

  private constructor(subscriptions: Subscriptions, cluster: Cluster) {
    this.subscriptions = subscriptions;
    this.#cluster = cluster;
    this.#look = setInterval(() => subscriptions.look(), LOOK_EVERY_MS).unref();
  }

  /** @throws {RedisOpenError} If it can't be reached now. */
  static async open(address: RedisAddress): Promise<ClusterTransport> {
    const { hosts, username, password, isTls } = address;
    const cluster = createCluster({
      rootNodes: hosts.map((socket) => ({ socket })),
      defaults: {
        ...(username !== undefined && { username }),
        ...(password !== undefined && { password }),
        disableOfflineQueue: true,
        socket: {
          ...(isTls && { tls: true as const }),
          connectTimeout: DIAL_MS,
          reconnectStrategy: (retries) => Math.min(25 * 2 ** Math.min(retries, 10), LONGEST_WAIT_MS) * Math.random(),
        },
      },
      commandOptions: { timeout: 0 },
    });
    for (const event of ["error", "node-error"]) cluster.on(event, () => {});
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error("no reply")), DIAL_MS);
    try {
      await Promise.race([cluster.connect(), late]);
    } catch (error) {
      cluster.destroy();
      throw openErrorOf(error, address);
    } finally {
      clearTimeout(timer);
    }
    const subscriptions = new Subscriptions();
    subscriptions.connected({
      enter: (channel) =>
        cluster.sSubscribe(channel, (message, heardOn) => {
          subscriptions.hear(message, heardOn);
        }),
      leave: (channel) => cluster.sUnsubscribe(channel),
    });
    cluster.on("node-ready", () => subscriptions.returned());
    return new ClusterTransport(subscriptions, cluster);
  }

  async send(key: string | undefined, args: readonly string[]): Promise<unknown> {
    try {
      return await this.#cluster.sendCommand(key, false, args as string[]);
    } catch (error) {
      if (error instanceof ErrorReply) throw error;
      throw new ReplyLostError("The connection to a node of the Cluster was lost", { cause: error });
    }
  }

  async whenReady(ms: number): Promise<boolean> {
    if (this.#isClosed || ms <= 0) return false;
    await pause(Math.min(ms, RETRY_MS));
    return !this.#isClosed;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#look);
    this.#cluster.destroy();
  }
}
