import type { Readiness } from "../doors/health/door.ts";
import type { RouteBook } from "../providers/route_book.ts";

/** How the server is: what its other parts go by while it runs, and while it stops. */
export class Condition {
  /** Whether it is about to stop: no answer begins here any more, and none is taken up. */
  isDraining = false;
  /** Whether answers could be kept at the last look. */
  isStoreHealthy = true;
  /** Aborted once no answer is carried here any more: whoever waits for one must not be left without a word. */
  readonly leaving = new AbortController();
}

/** The condition and the default route, as balancers ask for them. */
export function readinessOf(
  { isStoreHealthy, isDraining }: Pick<Condition, "isStoreHealthy" | "isDraining">,
  routes: Pick<RouteBook, "isUsable">,
): Readiness {
  return {
    store: isStoreHealthy ? { ok: true } : { ok: false, detail: "The database can't be written" },
    targets: routes.isUsable("default") ? { ok: true } : { ok: false, detail: "No target is usable" },
    draining: { ok: !isDraining },
  };
}
