/** How the console looks: `system` follows the device. */
export type Theme = "light" | "dark" | "system";

export const THEMES: readonly Theme[] = ["system", "light", "dark"];

/** The server reads it too, so that the first paint has the right colours without any inline script. */
export const THEME_COOKIE = "cf_theme";

/** Whether the list of conversations is hidden on a wide screen. */
export const SIDEBAR_COOKIE = "cf_sidebar";

const YEAR_IN_SECONDS = 31_536_000;

/** The theme that a cookie names; anything else is `system`. */
export function themeOf(value: string | undefined): Theme {
  return value === "light" || value === "dark" ? value : "system";
}

/** Keeps a choice for a year, for the server to read with the next page. */
export function rememberChoice(cookie: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is absent over plain http, which a LAN address is
  document.cookie = `${cookie}=${value}; path=/; max-age=${YEAR_IN_SECONDS}; samesite=lax`;
}

/** Changes the theme of the page at once and of later pages too. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  rememberChoice(THEME_COOKIE, theme);
}
