import type { Bilingual } from "@cogniforge/core/events";
import { ErrorReply } from "redis";
import type { Durability } from "./durability.ts";
import { RedisOpenError } from "./redis_open_error.ts";
import type { RedisTransport } from "./redis_transport.ts";
import type { RedisAddress } from "./redis_url.ts";

/** Versions as numbers: 6.2 is 602. */
const OLDEST = 602;
/** Sharded channels came with it. */
const OLDEST_CLUSTER = 700;

/** Does all that the scripts of this folder do, with a key and a channel of its own. */
const TRIAL =
  "redis.call('SET', KEYS[1], 1, 'PX', 1000) redis.call('TIME') return redis.call(ARGV[1], KEYS[1], 'trial')";

/** What an operator should know of a server that can be lived on. */
const FORGETS: Bilingual = {
  en: "Redis keeps nothing on its disk: answers that run are lost when it stops. Set 'appendonly' to yes",
  ar: "لا يحفظ Redis شيئًا على القرص: تضيع الإجابات الجارية عند توقفه. اضبط 'appendonly' على yes",
};

/**
 * Makes sure that a server which was reached is one to live on.
 *
 * @returns Warnings.
 * @throws {RedisOpenError} If it is too old, of the wrong kind, evicts running answers, or forbids what is needed.
 */
export async function checkServer(
  transport: RedisTransport,
  address: RedisAddress,
  durability: Durability,
): Promise<readonly Bilingual[]> {
  const { isCluster } = transport;
  const wrong = (...[reason, detail]: [ConstructorParameters<typeof RedisOpenError>[0], string?]) =>
    new RedisOpenError(reason, address.shown, detail);
  const info = await readInfo(transport);
  const version = info.get("redis_version") ?? "";
  if (numberOf(version) < (isCluster ? OLDEST_CLUSTER : OLDEST)) throw wrong("too-old", version);
  if (!isCluster && info.get("cluster_enabled") === "1") throw wrong("is-cluster");
  if (!isCluster && info.get("role") === "slave") throw wrong("is-replica");
  const policy = info.get("maxmemory_policy") ?? "noeviction";
  // Running answers never expire, so a policy that takes only what expires can't harm them.
  if (policy.startsWith("allkeys")) throw wrong("evicts", policy);
  if (durability === "aof") await checkAof(transport, info, wrong);
  if (durability === "replica" && isCluster) throw wrong("not-durable", "durability 'replica' needs one master");
  try {
    const key = "cogniforge:{trial}";
    await transport.send(key, ["EVAL", TRIAL, "1", key, isCluster ? "SPUBLISH" : "PUBLISH"]);
  } catch (error) {
    if (!(error instanceof ErrorReply)) throw error;
    // A full server is one that has to be waited for, not a wrong one.
    if (!/OOM/.test(error.message)) throw wrong("forbidden", error.message);
  }
  return info.get("aof_enabled") === "0" ? [FORGETS] : [];
}

type Wrong = (reason: "not-durable", detail: string) => RedisOpenError;

/** Only where every write is synced before its reply, a reply means that the write is on the disk. */
async function checkAof(transport: RedisTransport, info: ReadonlyMap<string, string>, wrong: Wrong): Promise<void> {
  if (info.get("aof_enabled") !== "1") throw wrong("not-durable", "'appendonly' must be yes: current value is no");
  const reply = await transport.send(undefined, ["CONFIG", "GET", "appendfsync"]);
  const values = Array.isArray(reply) ? reply : Object.values(reply as object);
  const value = String(values.at(-1));
  if (value !== "always") throw wrong("not-durable", `'appendfsync' must be always: current value is ${value}`);
}

async function readInfo(transport: RedisTransport): Promise<ReadonlyMap<string, string>> {
  const text = String(await transport.send(undefined, ["INFO"]));
  const pairs = text.split("\r\n").map((line) => line.split(":", 2) as [string, string]);
  return new Map(pairs.filter(([, value]) => value !== undefined));
}

function numberOf(version: string): number {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major * 100 + minor;
}
