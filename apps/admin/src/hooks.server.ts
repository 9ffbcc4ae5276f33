import { redirect } from "@sveltejs/kit";
import type { Handle, HandleServerError } from "@sveltejs/kit/hooks";
import { sequence } from "@sveltejs/kit/hooks";
import { getTextDirection } from "#lib/paraglide/runtime.js";
import { paraglideMiddleware } from "#lib/paraglide/server.js";
import { consoleSession } from "#lib/session/console_session.server.ts";
import { redirectFor } from "#lib/session/guard.ts";
import { THEME_COOKIE, themeOf } from "#lib/ui/theme.ts";

let hasAdministrator = false;

const guard: Handle = async ({ event, resolve }) => {
  const session = consoleSession(event);
  // Once there is an administrator there always is one.
  hasAdministrator ||= await session.hasAdministrator();
  event.locals.user = hasAdministrator ? ((await session.user()) ?? undefined) : undefined;
  const { pathname } = event.url;
  const elsewhere = redirectFor({ pathname, hasAdministrator, isSignedIn: event.locals.user !== undefined });
  if (elsewhere !== undefined) redirect(303, elsewhere);
  return resolve(event);
};

/** Language, direction and theme are in the first byte of the page, so that nothing flashes. */
const appearance: Handle = ({ event, resolve }) =>
  paraglideMiddleware(event.request, async ({ locale }) => {
    const response = await resolve(event, {
      transformPageChunk: ({ html }) =>
        html
          .replace("%cf.lang%", locale)
          .replace("%cf.dir%", getTextDirection(locale))
          .replace("%cf.theme%", themeOf(event.cookies.get(THEME_COOKIE))),
      preload: ({ type, path }) =>
        type === "js" || type === "css" || (type === "font" && /cairo-(arabic|latin)-wght/.test(path)),
    });
    response.headers.set("x-content-type-options", "nosniff");
    response.headers.set("referrer-policy", "same-origin");
    response.headers.set("x-frame-options", "DENY");
    // The page names the visitor: no cache in between may keep it.
    response.headers.set("cache-control", "private, no-store");
    response.headers.append("vary", "Cookie, Accept-Language");
    return response;
  });

export const handle = sequence(appearance, guard);

/** Tells the log what happened and the visitor only that it did. */
export const handleError: HandleServerError = ({ kind, error, event }) => {
  if (kind !== "unknown") return;
  console.error(`Failed to serve ${event.url.pathname}`, error);
  return { message: "Internal error" };
};
