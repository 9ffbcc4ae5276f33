import { createClient, ErrorReply } from "redis";
import type { LinkClient } from "./redis_link.ts";
import { RedisOpenError, type RedisOpenReason } from "./redis_open_error.ts";
import type { RedisAddress, RedisHost } from "./redis_url.ts";

/** From the first packet to the first reply, in milliseconds. */
export const DIAL_MS = 5_000;

/** What Redis replies, by what it means. */
const REFUSALS: readonly [RegExp, RedisOpenReason][] = [
  [/^(WRONGPASS|NOAUTH|ERR invalid password|ERR AUTH)/, "credentials"],
  [/^ERR .*(DB index|SELECT is not allowed)/, "database"],
  [/^(NOPROTO|ERR unknown command .?HELLO)/i, "too-old"],
  [/^NOPERM/, "forbidden"],
];

/**
 * Connects to the server of an address, or to the master that one of its Sentinels names.
 *
 * @throws {RedisOpenError} Within five seconds; it shows no password.
 */
export async function dial(address: RedisAddress): Promise<LinkClient> {
  const deadline = Date.now() + DIAL_MS;
  try {
    const host = address.kind === "sentinel" ? await askSentinels(address, deadline) : firstOf(address);
    return await connect(address, { host, password: address.password, database: address.database, deadline });
  } catch (error) {
    throw openErrorOf(error, address);
  }
}

/** Any failure to connect, as one that says what to do. */
export function openErrorOf(error: unknown, { shown, password, sentinelPassword }: RedisAddress): RedisOpenError {
  if (error instanceof RedisOpenError) return error;
  const message = messageOf(error);
  const reason = error instanceof ErrorReply ? REFUSALS.find(([pattern]) => pattern.test(message))?.[1] : undefined;
  // An old server repeats the command that it does not know, with the password in it: so neither is the cause kept.
  const secrets = [password, sentinelPassword].filter((secret) => secret !== undefined);
  const detail = secrets.reduce((text, secret) => text.replaceAll(secret, "***"), message);
  return new RedisOpenError(reason ?? "unreachable", shown, detail);
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

async function askSentinels({ hosts, master = "", sentinelPassword, isTls }: RedisAddress, deadline: number) {
  const errors: unknown[] = [];
  for (const host of hosts) {
    try {
      const sentinel = await connect({ isTls, username: undefined }, { host, password: sentinelPassword, deadline });
      try {
        const found = await sentinel.sendCommand(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", master]);
        if (Array.isArray(found)) return { host: String(found[0]), port: Number(found[1]) };
        errors.push(new Error(`The Sentinel ${host.host}:${host.port} knows no master '${master}'`));
      } finally {
        sentinel.destroy();
      }
    } catch (error) {
      errors.push(error);
    }
  }
  throw new AggregateError(errors);
}

interface ConnectOptions {
  host: RedisHost;
  password: string | undefined;
  database?: number;
  /** Epoch milliseconds. */
  deadline: number;
}

async function connect(
  { isTls, username }: Pick<RedisAddress, "isTls" | "username">,
  { host, password, database, deadline }: ConnectOptions,
): Promise<LinkClient> {
  const leftMs = Math.max(1, deadline - Date.now());
  const client = createClient({
    socket: { ...host, ...(isTls && { tls: true as const }), connectTimeout: leftMs, reconnectStrategy: false },
    name: "cogniforge",
    disableOfflineQueue: true,
    // A timer for every command is dear, and ends with its writing: `RedisLink` looks after replies.
    commandOptions: { timeout: 0 },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
  });
  let onLost: (() => void) | undefined;
  for (const event of ["error", "terminated", "end"]) client.on(event, () => onLost?.());
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("no reply")), leftMs);
  try {
    await Promise.race([client.connect(), late]);
  } catch (error) {
    client.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return {
    sendCommand: (args) => client.sendCommand(args as string[]),
    subscribe: (channel, hear) => client.subscribe(channel, hear),
    unsubscribe: (channel) => client.unsubscribe(channel),
    once(_event, listener) {
      onLost = listener;
    },
    destroy: () => client.destroy(),
  };
}

function firstOf({ hosts }: RedisAddress): RedisHost {
  const host = hosts[0];
  if (host === undefined) throw new RangeError("Cannot connect to Redis as the address names no host");
  return host;
}
