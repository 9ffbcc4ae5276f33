import type { LookupAddress, LookupOptions } from "node:dns";
import { lookup as systemLookup } from "node:dns";
import { isForbiddenAddress, isForbiddenHost } from "../config/mod.ts";

/** How names become addresses, as `dns.lookup()` tells them all. */
export type LookUpAll = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** A look-up as connections want it. */
type LookUp = (
  hostname: string,
  options: LookupOptions,
  callback: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
) => void;

/**
 * Refuses an address that nobody need look up, so that no look-up would judge it.
 *
 * @throws {Error} With the code `EACCES`.
 */
export function checkUpstreamUrl({ protocol, hostname }: URL): void {
  if (protocol !== "http:" && protocol !== "https:") throw refusal(`the scheme '${protocol}'`);
  if (isForbiddenHost(hostname)) throw refusal("a link-local address or a cloud's metadata service");
}

/**
 * Looks names up without the addresses that may not be called.
 *
 * What a name leads to can change after the configuration was checked: so it is judged where the connection is made.
 */
export function allowedLookup(lookUpAll: LookUpAll = systemLookup): LookUp {
  return (hostname, options, callback) => {
    lookUpAll(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const allowed = addresses.filter(({ address }) => !isForbiddenAddress(address));
      const [first] = allowed;
      if (first === undefined) callback(refusal("a name of a link-local address or a cloud's metadata service"), []);
      else if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/** Read by the classification of failures as one of this side, which no retry mends. */
function refusal(found: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`Expected the address of a provider, found ${found}`), { code: "EACCES" });
}
