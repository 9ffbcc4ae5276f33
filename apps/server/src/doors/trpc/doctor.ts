import * as z from "zod";
import { isForbiddenHost } from "../../config/mod.ts";
import { adminProcedure, router } from "./trpc.ts";

/** Longest wait of `read`: below the 30 seconds after which many proxies give a silent request up. */
const MAX_WAIT_MS = 25_000;

/** An origin alone: where the console's page was opened. */
const origin = z.url({ protocol: /^https?$/ }).refine((url) => {
  const { pathname, hostname } = new URL(url);
  return pathname === "/" && !isForbiddenHost(hostname);
}, "Expected an origin");

/**
 * Examinations of this server. Read by waiting queries and not by a subscription, as what they have to find out is whether a proxy
 * holds streams back.
 */
export const doctorRouter = router({
  start: adminProcedure.input(z.object({ origin: origin.optional() }).default({})).mutation(async ({ ctx, input }) => {
    const started = await ctx.services.doctor.start(input.origin);
    await ctx.services.audit.record(ctx.principal, { action: "examination-started", object: started.runId });
    return started;
  }),

  read: adminProcedure
    .input(
      z.object({
        runId: z.uuid().optional(),
        after: z.int().min(0).default(0),
        waitMs: z.int().min(0).max(MAX_WAIT_MS).default(0),
      }),
    )
    .query(({ ctx, input, signal }) => ctx.services.doctor.read({ ...input, signal })),
});
