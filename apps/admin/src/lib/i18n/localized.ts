import type { Bilingual } from "@cogniforge/core/events";
import { getLocale } from "#lib/paraglide/runtime.js";

/** The text of the page's language. */
export function localized(text: Bilingual): string {
  return text[getLocale()];
}
