import { faultSchema } from "@cogniforge/core/providers";
import * as z from "zod";
import { adminProcedure } from "./trpc.ts";

const provider = z.string().min(1).max(64);

/** Drills: an administrator lets a provider fail on purpose, to see what readers get then. */
export const drillProcedures = {
  drills: adminProcedure.query(({ ctx }) => ctx.services.drills.list()),

  armDrill: adminProcedure
    .input(z.object({ provider, fault: faultSchema }))
    .mutation(({ ctx, input }) => ctx.services.drills.arm(input.provider, input.fault)),

  disarmDrill: adminProcedure
    .input(z.object({ provider }))
    .mutation(({ ctx, input }) => ctx.services.drills.disarm(input.provider)),
};
