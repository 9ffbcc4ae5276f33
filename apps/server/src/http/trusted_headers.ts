import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import { ADDRESS_HEADER, PROTOCOL_HEADER } from "../doors/console/console.ts";
import { firstOf } from "./origin.ts";

/**
 * Writes the headers in which inner handlers find the scheme and the caller's address; a client's own are overwritten.
 *
 * The scheme may come from a proxy in front: whoever forges it deceives only the cookies of its own session.
 */
export function setTrustedHeaders({ headers, socket }: IncomingMessage): void {
  const isTls = (socket as Partial<TLSSocket>).encrypted === true;
  const forwarded = firstOf(headers["x-forwarded-proto"]);
  headers[PROTOCOL_HEADER] = isTls || forwarded === "https" ? "https" : "http";
  headers[ADDRESS_HEADER] = socket.remoteAddress ?? "";
}
