import { resolve } from "$app/paths";

/** Addresses of the console's pages: each stands here once. */
export const paths = {
  home: () => resolve("/(console)/(chat)"),
  conversation: (id: string) => resolve("/(console)/(chat)/c/[id]", { id }),
  /** Of a turn in a conversation: the page shows its branch and goes to it. */
  turn: (id: string, turnId: string) => `${resolve("/(console)/(chat)/c/[id]", { id })}?turn=${turnId}`,
  /** A file, from the server itself. */
  export: (id: string, format: "markdown" | "json", locale: string) =>
    `/admin/api/conversations/${id}/export?format=${format}&locale=${locale}`,
  providers: () => resolve("/(console)/providers"),
  dashboard: () => resolve("/(console)/dashboard"),
  keys: () => resolve("/(console)/keys"),
  users: () => resolve("/(console)/users"),
  audit: () => resolve("/(console)/audit"),
  account: () => resolve("/(console)/account"),
  doctor: () => resolve("/(console)/doctor"),
  login: () => resolve("/(entry)/login"),
  /** The sign-in, which leads on to a page. */
  loginFor: (pathname: string) => `${resolve("/(entry)/login")}?next=${encodeURIComponent(pathname)}`,
};

/** Whether a page of the console stands beside the chat: no conversation is open there. */
export function isBesideChat(pathname: string): boolean {
  const pages = [
    paths.providers(),
    paths.dashboard(),
    paths.keys(),
    paths.users(),
    paths.audit(),
    paths.account(),
    paths.doctor(),
  ];
  return pages.some((path) => path === pathname);
}
