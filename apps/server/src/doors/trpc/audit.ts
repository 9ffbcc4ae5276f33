import * as z from "zod";
import { adminProcedure, router } from "./trpc.ts";

/** Who changed what and when. */
export const auditRouter = router({
  list: adminProcedure
    .input(
      z
        .object({ limit: z.int().min(1).max(200).default(50), cursor: z.int().positive().optional() })
        .default({ limit: 50 }),
    )
    .query(({ ctx, input }) => ctx.services.audit.list(input)),
});
