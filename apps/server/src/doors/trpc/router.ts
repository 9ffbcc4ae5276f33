import * as z from "zod";
import { answersRouter } from "./answers.ts";
import { auditRouter } from "./audit.ts";
import { conversationsRouter } from "./conversations.ts";
import { doctorRouter } from "./doctor.ts";
import { keysRouter } from "./keys.ts";
import { metricsRouter } from "./metrics.ts";
import { projectRouter } from "./project.ts";
import { providersRouter } from "./providers.ts";
import { settingsRouter } from "./settings.ts";
import { openProcedure, router } from "./trpc.ts";
import { usersRouter } from "./users.ts";

/** Whoever has the code that the server printed; nobody is signed in yet. */
const SETUP = { id: "setup", name: "Setup" };

/** The whole API of the tRPC door; clients import its type alone. */
export const appRouter = router({
  answers: answersRouter,
  conversations: conversationsRouter,
  audit: auditRouter,
  settings: settingsRouter,
  project: projectRouter,
  doctor: doctorRouter,
  providers: providersRouter,
  metrics: metricsRouter,
  keys: keysRouter,
  users: usersRouter,
  system: router({
    status: openProcedure.query(({ ctx }) => ctx.services.system.status()),
  }),
  setup: router({
    createFirstAdmin: openProcedure
      .input(
        z.object({
          code: z.string().trim().min(1).max(100),
          email: z.email(),
          password: z.string().min(8).max(128),
          name: z.string().trim().min(1).max(100),
        }),
      )
      .mutation(async ({ ctx, input }) => {
        await ctx.services.firstRun.createFirstAdmin(input);
        const { email, name } = input;
        const detail = { email };
        await ctx.services.audit.record(SETUP, { action: "first-administrator-made", object: name, detail });
        return { ok: true };
      }),
  }),
});

export type AppRouter = typeof appRouter;
