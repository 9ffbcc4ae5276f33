import { SIDEBAR_COOKIE, THEME_COOKIE, themeOf } from "#lib/ui/theme.ts";
import type { LayoutServerLoad } from "./$types";

export const load: LayoutServerLoad = ({ locals, cookies }) => ({
  user: locals.user,
  theme: themeOf(cookies.get(THEME_COOKIE)),
  isSidebarHidden: cookies.get(SIDEBAR_COOKIE) === "hidden",
});
