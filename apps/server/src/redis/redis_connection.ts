import { setTimeout as pause } from "node:timers/promises";
import type { Bilingual } from "@cogniforge/core/events";
import { ErrorReply } from "redis";
import { ClusterTransport } from "./cluster_transport.ts";
import { openErrorOf } from "./dial.ts";
import type { Durability } from "./durability.ts";
import { isPassing, OfflineError, redisFault } from "./redis_errors.ts";
import type { RedisScript } from "./redis_script.ts";
import type { RedisTransport } from "./redis_transport.ts";
import { parseRedisUrl } from "./redis_url.ts";
import { checkServer } from "./server_check.ts";
import { ServerTransport } from "./server_transport.ts";
import type { ChannelListener } from "./subscriptions.ts";

export interface RedisConnectionOptions {
  durability?: Durability;
  /** How long a command waits for a connection that was lost before it fails, in milliseconds. */
  patienceMs?: number;
}

export interface RunOptions {
  keys: readonly string[];
  args: readonly (string | number)[];
  /** Whether doing it twice is as good as once, so that it may be asked again when its reply was lost. Default true. */
  isRepeatable?: boolean;
  /** Whether it counts only as `durability` says. Default false. */
  isDurable?: boolean;
}

/** Less than half the life of a lease, so that an answer whose holder waits is not taken from it. */
const PATIENCE_MS = 4_000;

/** Between two tries on a connection that is there, in milliseconds: a server that starts needs a moment. */
const RETRY_MS = 50;

/** How long Redis may take to hand a write to a replica, in milliseconds. */
const REPLICA_MS = 2_000;

/**
 * Redis, or Valkey, as this server uses it.
 *
 * It connects again by itself. Meanwhile commands wait for it for some seconds, in no queue of any length, and then fail as a fault
 * of the storage.
 */
export class RedisConnection {
  /** What an operator should know of this Redis. */
  readonly warnings: readonly Bilingual[];
  readonly #transport: RedisTransport;
  readonly #durability: Durability;
  readonly #patienceMs: number;
  #copying: Promise<void> | undefined;
  #isClosed = false;

  private constructor(
    transport: RedisTransport,
    warnings: readonly Bilingual[],
    { durability = "memory", patienceMs }: RedisConnectionOptions,
  ) {
    this.warnings = warnings;
    this.#transport = transport;
    this.#durability = durability;
    this.#patienceMs = patienceMs ?? PATIENCE_MS;
  }

  /**
   * Connects, and makes sure that the server can be lived on.
   *
   * @param url See {@linkcode parseRedisUrl}.
   * @throws {RedisOpenError} Within some five seconds; the message says what to do, in both languages, and shows no password.
   */
  static async open(url: string, options: RedisConnectionOptions = {}): Promise<RedisConnection> {
    const address = parseRedisUrl(url);
    const transport =
      address.kind === "cluster" ? await ClusterTransport.open(address) : await ServerTransport.open(address);
    try {
      const warnings = await checkServer(transport, address, options.durability ?? "memory");
      return new RedisConnection(transport, warnings, options);
    } catch (error) {
      await transport.close();
      throw openErrorOf(error, address);
    }
  }

  get isCluster(): boolean {
    return this.#transport.isCluster;
  }

  /** The command that tells a channel, inside scripts. */
  get publishCommand(): string {
    return this.isCluster ? "SPUBLISH" : "PUBLISH";
  }

  /** Channels that are heard now. */
  get channels(): number {
    return this.#transport.subscriptions.size;
  }

  /**
   * Runs a script as one atomic step.
   *
   * @throws {StorageFaultError} If that can't be done, or nobody knows whether it was.
   */
  run(script: RedisScript, { keys, args, isRepeatable = true, isDurable = false }: RunOptions): Promise<unknown> {
    const command = ["EVALSHA", script.sha1, String(keys.length), ...keys, ...args.map(String)];
    const evaluate = async () => {
      const reply = this.#transport.send(keys[0], command);
      if (!isDurable || this.#durability !== "replica") return reply;
      const [value] = await Promise.all([reply, this.#copied()]);
      return value;
    };
    return this.#patiently(isRepeatable, async () => {
      try {
        return await evaluate();
      } catch (error) {
        // A server that has just started, or another master, knows no scripts.
        if (!(error instanceof ErrorReply) || !error.message.startsWith("NOSCRIPT")) throw error;
        await this.#transport.send(keys[0], ["SCRIPT", "LOAD", script.text]);
        return evaluate();
      }
    });
  }

  /**
   * Sends a command that may be repeated.
   *
   * @param key Where it goes in a Cluster; `undefined`: any server will do.
   * @throws {StorageFaultError} If that can't be done.
   */
  send(key: string | undefined, args: readonly (string | number)[]): Promise<unknown> {
    const texts = args.map(String);
    return this.#patiently(true, () => this.#transport.send(key, texts));
  }

  /** Hears a channel until the returned function is called. */
  listen(channel: string, listener: ChannelListener): () => void {
    return this.#transport.subscriptions.listen(channel, listener);
  }

  /** Whether something can be written now; a server that is away or full says no. */
  async isHealthy(): Promise<boolean> {
    try {
      await this.#transport.send(HEALTH_KEY, ["SET", HEALTH_KEY, "1", "PX", "60000"]);
      return true;
    } catch {
      return false;
    }
  }

  /** Ends it; whoever still waits gets a fault. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#transport.close();
  }

  /** Resolves when a replica has all writes of this turn of the event loop: they share one question. */
  #copied(): Promise<void> {
    this.#copying ??= new Promise<void>((resolve, reject) => {
      queueMicrotask(() => {
        this.#copying = undefined;
        this.#transport.send(undefined, ["WAIT", "1", String(REPLICA_MS)]).then((count) => {
          if (Number(count) >= 1) resolve();
          else reject(redisFault(new ErrorReply("NOREPLICAS No replica has taken the write in time")));
        }, reject);
      });
    });
    return this.#copying;
  }

  async #patiently(isRepeatable: boolean, run: () => Promise<unknown>): Promise<unknown> {
    let deadline: number | undefined;
    for (;;) {
      try {
        return await run();
      } catch (error) {
        const isOpen =
          isPassing(error) && (isRepeatable || error instanceof OfflineError || error instanceof ErrorReply);
        deadline ??= performance.now() + this.#patienceMs;
        const leftMs = deadline - performance.now();
        if (!isOpen || this.#isClosed || leftMs <= 0) throw redisFault(error);
        if (!(await this.#transport.whenReady(leftMs))) throw redisFault(error);
        if (error instanceof ErrorReply) await pause(RETRY_MS);
      }
    }
  }
}

const HEALTH_KEY = "cogniforge:{health}";
