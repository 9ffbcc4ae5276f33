import { faultSchema } from "@cogniforge/core/providers";
import * as z from "zod";
import { adminProcedure } from "./trpc.ts";

const provider = z.string().min(1).max(64);

/** Drills: an administrator lets a provider fail on purpose, to see what readers get then. */
export const drillProcedures = {
  drills: adminProcedure.query(({ ctx }) => ctx.services.drills.list()),

  armDrill: adminProcedure.input(z.object({ provider, fault: faultSchema })).mutation(async ({ ctx, input }) => {
    const status = ctx.services.drills.arm(input.provider, input.fault);
    await ctx.services.audit.record(ctx.principal, {
      action: "drill-armed",
      object: input.provider,
      detail: { fault: status.armed },
    });
    return status;
  }),

  disarmDrill: adminProcedure.input(z.object({ provider })).mutation(async ({ ctx, input }) => {
    const status = ctx.services.drills.disarm(input.provider);
    await ctx.services.audit.record(ctx.principal, { action: "drill-disarmed", object: input.provider });
    return status;
  }),
};
