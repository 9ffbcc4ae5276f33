import type { HandleClientError } from "@sveltejs/kit/hooks";
import { type Locale, overwriteGetLocale } from "#lib/paraglide/runtime.js";

// The server decided on the language of this page; deciding again here could differ from what it rendered.
overwriteGetLocale(() => document.documentElement.lang as Locale);

/** Keeps an error's internals in the browser's console. */
export const handleError: HandleClientError = ({ kind, error }) => {
  if (kind !== "unknown") return;
  console.error(error);
  return { message: "Internal error" };
};
