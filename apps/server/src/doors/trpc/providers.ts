import { watchReading } from "../../measures/watch_reading.ts";
import type { Services } from "../../services.ts";
import { drillProcedures } from "./drills.ts";
import { targetProcedures } from "./targets.ts";
import { adminProcedure, router } from "./trpc.ts";

/** How the providers and the answers do at one moment. */
function readStatus({ system, routeSettings, drills, measures }: Services) {
  return {
    routes: system.routes(),
    /** What is in force for each route, and who says so. */
    setups: routeSettings.list(),
    drills: drills.list(),
    /** Those that are not closed, or whose target failed lately. */
    breakers: measures.breakers(),
    counts: measures.counts(),
  };
}

/** The providers as administrators see them, and what they do with them. */
export const providersRouter = router({
  list: adminProcedure.query(({ ctx }) => ctx.services.system.routes()),

  status: adminProcedure.query(({ ctx }) => readStatus(ctx.services)),

  live: adminProcedure.subscription(({ ctx, signal }) =>
    watchReading(() => readStatus(ctx.services), signal ?? new AbortController().signal),
  ),

  ...drillProcedures,
  ...targetProcedures,
});
