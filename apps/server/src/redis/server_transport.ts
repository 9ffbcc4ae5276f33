import { dial } from "./dial.ts";
import { RedisLink } from "./redis_link.ts";
import type { RedisTransport } from "./redis_transport.ts";
import type { RedisAddress } from "./redis_url.ts";
import { LOOK_EVERY_MS, Subscriptions } from "./subscriptions.ts";

/** One server, or the master behind Sentinels: a connection for commands, and one that hears. */
export class ServerTransport implements RedisTransport {
  readonly isCluster = false;
  readonly subscriptions: Subscriptions;
  readonly #commands: RedisLink;
  readonly #ears: RedisLink;
  readonly #look: NodeJS.Timeout;

  private constructor(subscriptions: Subscriptions, commands: RedisLink, ears: RedisLink) {
    this.subscriptions = subscriptions;
    this.#commands = commands;
    this.#ears = ears;
    this.#look = setInterval(() => subscriptions.look(), LOOK_EVERY_MS).unref();
  }

  /** @throws {RedisOpenError} If it can't be reached now. */
  static async open(address: RedisAddress): Promise<ServerTransport> {
    const subscriptions = new Subscriptions();
    const commands = await RedisLink.open({ dial: () => dial(address) });
    try {
      const ears = await RedisLink.open({
        dial: () => dial(address),
        onReady: (client, attend) =>
          subscriptions.connected({
            enter: (channel) =>
              attend(() =>
                client.subscribe(channel, (message, heardOn) => {
                  subscriptions.hear(message, heardOn);
                }),
              ),
            leave: (channel) => attend(() => client.unsubscribe(channel)),
          }),
      });
      return new ServerTransport(subscriptions, commands, ears);
    } catch (error) {
      await commands.close();
      throw error;
    }
  }

  send(_key: string | undefined, args: readonly string[]): Promise<unknown> {
    return this.#commands.send(args);
  }

  whenReady(ms: number): Promise<boolean> {
    return this.#commands.whenReady(ms);
  }

  async close(): Promise<void> {
    clearInterval(this.#look);
    await Promise.all([this.#commands.close(), this.#ears.close()]);
  }
}
