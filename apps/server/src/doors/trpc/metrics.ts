import * as z from "zod";
import type { RangeName } from "../../measures/overview.ts";
import { RANGES } from "../../measures/overview.ts";
import { adminProcedure, router } from "./trpc.ts";

const filter = {
  route: z.string().min(1).max(200).optional(),
  /** `provider/model`. */
  target: z.string().min(1).max(300).optional(),
};

/** What is measured, now and over time; for administrators. */
export const metricsRouter = router({
  counters: adminProcedure.query(({ ctx }) => ctx.services.measures.counts()),

  breakers: adminProcedure.query(({ ctx }) => ctx.services.measures.breakers()),

  overview: adminProcedure
    .input(z.object({ range: z.enum(Object.keys(RANGES) as [RangeName, ...RangeName[]]), ...filter }))
    .query(({ ctx, input: { range, ...rest } }) => ctx.services.measures.overview(range, rest)),

  latest: adminProcedure
    .input(z.object({ limit: z.int().min(1).max(100).default(20), ...filter }))
    .query(({ ctx, input: { limit, ...rest } }) => ctx.services.measures.latest(ctx.principal, limit, rest)),

  pulse: adminProcedure.query(({ ctx }) => ctx.services.measures.pulse()),

  live: adminProcedure.subscription(({ ctx, signal }) =>
    ctx.services.measures.watch(signal ?? new AbortController().signal),
  ),
});
