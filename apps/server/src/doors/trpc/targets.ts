import * as z from "zod";
import { adminProcedure } from "./trpc.ts";

const provider = z.string().min(1).max(64);

/** What administrators do with a target by hand. */
export const targetProcedures = {
  test: adminProcedure
    .input(z.object({ provider, model: z.string().trim().min(1).max(256) }))
    .mutation(async ({ ctx, input, signal }) => {
      const { audit, targets } = ctx.services;
      const result = await targets.tests.test(input, signal ?? new AbortController().signal);
      const totalMs = Math.round(result.totalMs);
      const costUsd = result.isOk && result.cost ? Number(result.cost.amount.toPrecision(3)) : undefined;
      const outcome = result.isOk ? { totalMs, costUsd } : { totalMs, failure: result.failure.code };
      await audit.record(ctx.principal, {
        action: "target-tested",
        object: `${input.provider}/${input.model}`,
        detail: outcome,
      });
      return result;
    }),

  resetBreaker: adminProcedure.input(z.object({ provider })).mutation(async ({ ctx, input }) => {
    ctx.services.targets.resetBreakers(input.provider);
    await ctx.services.audit.record(ctx.principal, { action: "breaker-reset", object: input.provider });
    return { ok: true };
  }),
};
