import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import { ADDRESS_HEADER, PROTOCOL_HEADER } from "../doors/console/console.ts";
import type { TrustedProxies } from "./trusted_proxies.ts";

/**
 * Writes the headers in which inner handlers find the scheme and the caller's address; a client's own are overwritten, and what
 * it claims about proxies is removed unless it is one of ours. Tells whether the caller came over TLS.
 */
export function setTrustedHeaders({ headers, socket }: IncomingMessage, proxies: TrustedProxies): { isTls: boolean } {
  const { address, isHttps } = proxies.read(headers, socket.remoteAddress);
  const isTls = isHttps || (socket as Partial<TLSSocket>).encrypted === true;
  headers[PROTOCOL_HEADER] = isTls ? "https" : "http";
  headers[ADDRESS_HEADER] = address;
  return { isTls };
}
