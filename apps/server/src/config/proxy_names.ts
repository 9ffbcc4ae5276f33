import { isIP } from "node:net";

/** The word for every address of this machine. */
export const LOOPBACK = "loopback";

/** Whether a text names proxies: an address, a subnet as `10.0.0.0/8`, or `loopback`. */
export function isProxyName(text: string): boolean {
  if (text === LOOPBACK) return true;
  const [address = "", prefix, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}
