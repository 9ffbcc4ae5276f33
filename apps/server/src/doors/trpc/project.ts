import { ANSWER_ID_PATTERN } from "@cogniforge/core/journal";
import * as z from "zod";
import { procedure, router } from "./trpc.ts";

/** The folder that questions can be about, and what was sent of it. */
export const projectRouter = router({
  info: procedure.query(({ ctx }) => ctx.services.project.info(ctx.principal) ?? null),

  sent: procedure
    .input(z.object({ answerId: z.string().regex(ANSWER_ID_PATTERN) }))
    .query(async ({ ctx, input }) => (await ctx.services.answers.sentProject(ctx.principal, input.answerId)) ?? null),
});
