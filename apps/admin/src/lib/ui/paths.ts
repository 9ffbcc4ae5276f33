import { resolve } from "$app/paths";

/** Addresses of the console's pages: each stands here once. */
export const paths = {
  home: () => resolve("/(console)/(chat)"),
  conversation: (id: string) => resolve("/(console)/(chat)/c/[id]", { id }),
  providers: () => resolve("/(console)/providers"),
  login: () => resolve("/(entry)/login"),
};
