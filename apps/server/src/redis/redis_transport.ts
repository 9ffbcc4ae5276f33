import type { Subscriptions } from "./subscriptions.ts";

/** The way to one server, to the master behind Sentinels, or to a Cluster. */
export interface RedisTransport {
  readonly isCluster: boolean;
  /** The channels that are heard through it. */
  readonly subscriptions: Subscriptions;

  /**
   * Sends a command to where the key lives; commands of one turn of the event loop leave in one write.
   *
   * @param key `undefined`: any server will do.
   * @throws What `isPassing()` tells apart.
   */
  send(key: string | undefined, args: readonly string[]): Promise<unknown>;

  /** Resolves once it is worth trying again: to `false` where that was not so within `ms`. */
  whenReady(ms: number): Promise<boolean>;

  close(): Promise<void>;
}
