/** What decides where a request may go. */
export interface Visit {
  pathname: string;
  hasAdministrator: boolean;
  isSignedIn: boolean;
}

/** The address that a visitor is sent to instead, or `undefined` where the page may be shown. */
export function redirectFor({ pathname, hasAdministrator, isSignedIn }: Visit): string | undefined {
  if (!hasAdministrator) return pathname === "/setup" ? undefined : "/setup";
  if (isSignedIn) return pathname === "/login" || pathname === "/setup" ? "/" : undefined;
  if (pathname === "/login") return undefined;
  return pathname === "/" || pathname === "/setup" ? "/login" : `/login?next=${encodeURIComponent(pathname)}`;
}

/** A page of this console to go to after the sign-in; anything that would lead elsewhere becomes the start page. */
export function safeNext(next: string | null): string {
  if (next === null || !/^\/(?![/\\])/.test(next)) return "/";
  const url = new URL(next, "http://console.invalid");
  return url.host === "console.invalid" ? url.pathname + url.search : "/";
}
