import { RedisOpenError } from "./redis_open_error.ts";

export interface RedisHost {
  host: string;
  port: number;
}

/** Where Redis is, and how it is entered. */
export interface RedisAddress {
  kind: "single" | "sentinel" | "cluster";
  /** The server; of a Sentinel or a Cluster, those that are asked for it. At least one. */
  hosts: readonly RedisHost[];
  isTls: boolean;
  username: string | undefined;
  password: string | undefined;
  database: number;
  /** Of a Sentinel: the name of the master. */
  master: string | undefined;
  /** Of a Sentinel: its own password, which is not that of the servers. */
  sentinelPassword: string | undefined;
  /** The URL as it may be shown. */
  shown: string;
}

const FORM =
  /^(?:redis|valkey)(?<tls>s?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<login>[^/?#]*)@)?(?<hosts>[^/?#@]+)(?:\/(?<database>\d*))?(?:\?(?<query>[^#]*))?$/;

const HOST = /^(?<host>\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(?<port>\d{1,5}))?$/;

const PARAMETERS: Readonly<Record<RedisAddress["kind"], readonly string[]>> = {
  single: [],
  cluster: [],
  sentinel: ["master", "sentinelPassword"],
};

/**
 * Reads `REDIS_URL`. User, password and query are percent-encoded; `rediss` instead of `redis` means TLS; `valkey` says the same.
 *
 * | form | leads to |
 * |---|---|
 * | `redis://[user:password@]host[:6379][/database]` | one server |
 * | `redis+sentinel://[user:password@]host[:26379],host…[/database]?master=name[&sentinelPassword=…]` | the master that the Sentinels name, also after a failover |
 * | `redis+cluster://[user:password@]host[:6379],host…` | the Cluster that these nodes belong to |
 *
 * @throws {RedisOpenError} If the text has none of these forms; it shows no password.
 */
export function parseRedisUrl(url: string): RedisAddress {
  const shown = maskRedisUrl(url);
  const parts = FORM.exec(url)?.groups;
  const kind = (parts?.kind ?? "single") as RedisAddress["kind"];
  const hosts = (parts?.hosts ?? "").split(",").map((text) => readHost(text, kind === "sentinel" ? 26_379 : 6_379));
  const query = new URLSearchParams(parts?.query);
  const login = readLogin(parts?.login);
  const master = query.get("master") ?? undefined;
  const database = Number(parts?.database || 0);
  const isKnown = [...query.keys()].every((name) => PARAMETERS[kind].includes(name));
  const isWhole = kind === "sentinel" ? master !== undefined : kind === "single" ? hosts.length === 1 : database === 0;
  if (
    parts === undefined ||
    login === undefined ||
    !isKnown ||
    !isWhole ||
    !hosts.every((host) => host !== undefined)
  ) {
    throw new RedisOpenError("bad-url", shown);
  }
  return {
    kind,
    hosts,
    isTls: parts.tls === "s",
    ...login,
    database,
    master,
    sentinelPassword: query.get("sentinelPassword") ?? undefined,
    shown,
  };
}

/** A URL without its passwords. */
export function maskRedisUrl(url: string): string {
  return url.replace(/(:\/\/[^/?#:@]*):.*@/, "$1:***@").replace(/(sentinelPassword=)[^&#]*/, "$1***");
}

function readHost(text: string, defaultPort: number): RedisHost | undefined {
  const parts = HOST.exec(text)?.groups;
  const port = Number(parts?.port ?? defaultPort);
  if (parts?.host === undefined || port < 1 || port > 65_535) return undefined;
  return { host: parts.host.replace(/^\[(.*)\]$/, "$1"), port };
}

/** `undefined` where it can't be read: a name without a password is most likely a password without its colon. */
function readLogin(login: string | undefined): Pick<RedisAddress, "username" | "password"> | undefined {
  if (login === undefined) return { username: undefined, password: undefined };
  const colon = login.indexOf(":");
  if (colon < 0) return undefined;
  try {
    const [username, password] = [login.slice(0, colon), login.slice(colon + 1)].map(decodeURIComponent);
    return { username: username || undefined, password: password || undefined };
  } catch {
    return undefined;
  }
}
