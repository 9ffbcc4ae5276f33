import type { ServerResponse } from "node:http";

/** A reply that is no page loads nothing and stands in no frame; the console's pages bring a policy of their own. */
const NO_PAGE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** What browsers must know of every reply, whatever its kind. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": NO_PAGE_POLICY,
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Only over TLS: browsers take neither from a plain connection, and complain of the second. */
const TLS_HEADERS: Readonly<Record<string, string>> = {
  // A year, for this host alone: what else runs under the name is not ours to decide.
  "strict-transport-security": "max-age=31536000",
  "cross-origin-opener-policy": "same-origin",
};

/** Sets them before any handler, which may overwrite each by its own. */
export function setSecurityHeaders(response: ServerResponse, isTls: boolean): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  if (!isTls) return;
  for (const [name, value] of Object.entries(TLS_HEADERS)) response.setHeader(name, value);
}
