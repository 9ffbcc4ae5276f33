import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIP } from "node:net";
import { isProxyName, LOOPBACK } from "../config/mod.ts";
import { firstOf } from "./origin.ts";

/** Headers by which a proxy tells of whoever is behind it: anybody else's are taken away. */
const FORWARDED = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
] as const;

/** The proxies whose word about their callers is believed; by default none is. */
export class TrustedProxies {
  readonly #list = new BlockList();

  /** @throws {RangeError} For a text that names no proxies. */
  constructor(names: readonly string[]) {
    for (const name of names) {
      if (!isProxyName(name))
        throw new RangeError(`Cannot trust '${name}': expected an address, a subnet or 'loopback'`);
      if (name === LOOPBACK) {
        this.#list.addSubnet("127.0.0.0", 8, "ipv4");
        this.#list.addAddress("::1", "ipv6");
        continue;
      }
      const [address = "", prefix] = name.split("/");
      const family = isIP(address) === 4 ? "ipv4" : "ipv6";
      if (prefix === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(prefix), family);
    }
  }

  /** What a request really comes from; headers that nobody trusted has written are removed. */
  read(headers: IncomingHttpHeaders, remoteAddress = ""): { address: string; isHttps: boolean } {
    if (!this.#has(remoteAddress)) {
      for (const name of FORWARDED) delete headers[name];
      return { address: remoteAddress, isHttps: false };
    }
    const forwarded = headers["x-forwarded-for"];
    const chain = (Array.isArray(forwarded) ? forwarded.join(",") : (forwarded ?? "")).split(",");
    return {
      address: this.#callerOf(chain, remoteAddress),
      isHttps: firstOf(headers["x-forwarded-proto"])?.toLowerCase() === "https",
    };
  }

  /** Each proxy appends whom it heard: from the right, the first that is no proxy of ours. What stands left of it is hearsay. */
  #callerOf(chain: readonly string[], remoteAddress: string): string {
    let caller = remoteAddress;
    for (const text of chain.toReversed()) {
      const address = addressOf(text);
      if (address === undefined) return caller;
      caller = address;
      if (!this.#has(address)) return caller;
    }
    return caller;
  }

  #has(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#list.check(address, version === 4 ? "ipv4" : "ipv6");
  }
}

/** Some proxies write the port too. */
function addressOf(text: string): string | undefined {
  const trimmed = text.trim();
  const address = /^\[([^\]]+)\](?::\d+)?$/.exec(trimmed)?.[1] ?? /^([\d.]+):\d+$/.exec(trimmed)?.[1] ?? trimmed;
  return isIP(address) === 0 ? undefined : address;
}
