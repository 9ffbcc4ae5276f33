import { FailureError, type FailureInfo } from "@cogniforge/client";
import { paths } from "#lib/ui/paths.ts";
import { goto } from "$app/navigation";

/** Does something on the server; gives the failure, if there is one. Whoever is not signed in any more is led to the sign-in. */
export async function attempt(act: () => Promise<void>): Promise<FailureInfo | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    if (error.info.code === "unauthenticated") {
      await goto(paths.loginFor(location.pathname), { refreshAll: true });
    }
    return error.info;
  }
}
