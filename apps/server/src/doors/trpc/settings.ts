import * as z from "zod";
import { adminProcedure, router } from "./trpc.ts";

const route = z.string().min(1).max(64);
const target = z.object({ route, after: z.int().min(0) });

/** What administrators set in the console. */
export const settingsRouter = router({
  routes: adminProcedure.query(({ ctx }) => ctx.services.routeSettings.list()),

  saveRoute: adminProcedure
    // Checked by the service, which says all that is wrong with the fields at once.
    .input(target.extend({ settings: z.unknown() }))
    .mutation(({ ctx, input }) => ctx.services.routeSettings.save(ctx.principal, input, input.settings)),

  resetRoute: adminProcedure
    .input(target)
    .mutation(({ ctx, input }) => ctx.services.routeSettings.reset(ctx.principal, input)),

  restoreRoute: adminProcedure
    .input(target.extend({ version: z.int().min(0) }))
    .mutation(({ ctx, input }) => ctx.services.routeSettings.restore(ctx.principal, input, input.version)),

  routeHistory: adminProcedure
    .input(z.object({ route }))
    .query(({ ctx, input }) => ctx.services.routeSettings.history(input.route)),
});
