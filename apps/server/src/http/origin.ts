import type { IncomingMessage } from "node:http";

/**
 * Whether a request comes from one of our own pages, or from no page at all (a program, an address that was typed).
 *
 * A page of another origin may carry the administrator's cookie along: what it asks must not be done.
 *
 * @see https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site
 */
export function isSameOrigin({ headers }: Pick<IncomingMessage, "headers">): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin" || site === "none";
  const { origin } = headers;
  if (origin === undefined) return true;
  // The second is there only if a proxy that is trusted has written it.
  const hosts = [headers.host, firstOf(headers["x-forwarded-host"])];
  return URL.canParse(origin) && hosts.includes(new URL(origin).host);
}

/** The first of a header's values: what the outermost proxy wrote. */
export function firstOf(value: string | string[] | undefined): string | undefined {
  return (Array.isArray(value) ? value[0] : value)?.split(",", 1)[0]?.trim();
}
