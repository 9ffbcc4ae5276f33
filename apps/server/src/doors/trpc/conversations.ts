import { ANSWER_ID_PATTERN } from "@cogniforge/core/journal";
import * as z from "zod";
import { procedure, router } from "./trpc.ts";

const conversationId = z.string().min(1).max(64);
const turnId = z.string().regex(ANSWER_ID_PATTERN);
const cursor = z.string().max(200).optional();
const limit = z.int().min(1).max(200);

/** Longest wait of `changes`: below the 30 seconds after which many proxies give a silent request up. */
const MAX_WAIT_MS = 25_000;

/** The conversations of whoever asks. */
export const conversationsRouter = router({
  list: procedure
    .input(z.object({ limit: limit.default(50), cursor, archived: z.boolean().optional() }).default({ limit: 50 }))
    .query(({ ctx, input }) => ctx.services.conversations.list(ctx.principal, input)),

  search: procedure
    .input(z.object({ query: z.string().max(500), limit: limit.max(50).default(20), cursor }))
    .query(({ ctx, input }) => ctx.services.conversations.search(ctx.principal, input)),

  get: procedure
    .input(z.object({ conversationId, turnId: turnId.optional() }))
    .query(({ ctx, input }) => ctx.services.conversations.get(ctx.principal, input.conversationId, input.turnId)),

  show: procedure
    .input(z.object({ conversationId, turnId }))
    .mutation(({ ctx, input }) => ctx.services.conversations.show(ctx.principal, input.conversationId, input.turnId)),

  rename: procedure
    .input(z.object({ conversationId, title: z.string().trim().min(1).max(200) }))
    .mutation(async ({ ctx, input }) => {
      await ctx.services.conversations.rename(ctx.principal, input.conversationId, input.title);
      return { ok: true };
    }),

  archive: procedure.input(z.object({ conversationId, archived: z.boolean() })).mutation(async ({ ctx, input }) => {
    await ctx.services.conversations.archive(ctx.principal, input.conversationId, input.archived);
    return { ok: true };
  }),

  remove: procedure.input(z.object({ conversationId })).mutation(async ({ ctx, input }) => {
    await ctx.services.conversations.remove(ctx.principal, input.conversationId);
    return { ok: true };
  }),

  restore: procedure.input(z.object({ conversationId })).mutation(async ({ ctx, input }) => {
    await ctx.services.conversations.restore(ctx.principal, input.conversationId);
    return { ok: true };
  }),

  changes: procedure
    .input(z.object({ cursor, waitMs: z.int().min(0).max(MAX_WAIT_MS).default(0) }))
    .query(({ ctx, input, signal }) => ctx.services.conversations.changes(ctx.principal, { ...input, signal })),
});
