import * as z from "zod";
import { listConversations, viewConversation } from "../../answers/conversation_view.ts";
import { FailureError } from "../../failure_error.ts";
import { procedure, router } from "./trpc.ts";

const conversationId = z.string().min(1).max(64);

/** The conversations of whoever asks. */
export const conversationsRouter = router({
  list: procedure
    .input(
      z
        .object({ limit: z.int().min(1).max(200).default(50), cursor: z.string().max(200).optional() })
        .default({ limit: 50 }),
    )
    .query(({ ctx, input }) => listConversations(ctx.services, ctx.principal, input)),

  get: procedure
    .input(z.object({ conversationId }))
    .query(({ ctx, input }) => viewConversation(ctx.services, ctx.principal, input.conversationId)),

  rename: procedure
    .input(z.object({ conversationId, title: z.string().trim().min(1).max(200) }))
    .mutation(async ({ ctx, input }) => {
      const isRenamed = await ctx.services.conversations.rename(ctx.principal.id, input.conversationId, input.title);
      if (!isRenamed) throw new FailureError("conversation-not-found");
      return { ok: true };
    }),

  remove: procedure.input(z.object({ conversationId })).mutation(async ({ ctx, input }) => {
    const isRemoved = await ctx.services.conversations.remove(ctx.principal.id, input.conversationId);
    if (!isRemoved) throw new FailureError("conversation-not-found");
    return { ok: true };
  }),
});
