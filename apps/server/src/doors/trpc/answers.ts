import { ANSWER_ID_PATTERN } from "@cogniforge/core/journal";
import { tracked } from "@trpc/server";
import * as z from "zod";
import type { CursoredEvent } from "../../answers/answers.ts";
import type { RouteStatus } from "../../services.ts";
import { procedure, router } from "./trpc.ts";

const answerId = z.string().regex(ANSWER_ID_PATTERN);

/** Longest wait of `answers.read`: below the 30 seconds after which many proxies give a silent request up. */
const MAX_WAIT_MS = 25_000;

/** What a question can be put to: names alone, as addresses and keys are the administrators' business. */
function routeChoices(routes: RouteStatus[]) {
  return routes.map(({ route, targets }) => ({
    route,
    targets: targets.map(({ provider, model, isTrial, isUsable }) => ({ provider, model, isTrial, isUsable })),
  }));
}

async function* trackEvents(batches: AsyncIterable<readonly CursoredEvent[]>) {
  for await (const batch of batches) {
    for (const { cursor, event } of batch) yield tracked(cursor, event);
  }
}

/** Asking, watching, reading and cancelling answers. */
export const answersRouter = router({
  start: procedure
    .input(
      z.object({
        answerId: answerId.optional(),
        conversationId: z.string().min(1).max(64).optional(),
        question: z.string(),
        parentId: answerId.nullish(),
        project: z.boolean().optional(),
        route: z.string().min(1).max(200).optional(),
        parameters: z.record(z.string(), z.unknown()).optional(),
        onCut: z.enum(["continue", "fail"]).optional(),
      }),
    )
    .mutation(({ ctx, input }) => ctx.services.answers.ask(ctx.principal, { ...input, origin: ctx.origin })),

  watch: procedure
    .input(z.object({ answerId, lastEventId: z.string().nullish() }))
    .subscription(async ({ ctx, input, signal }) => {
      // Refusals come before the stream: thrown inside it, they would make the client reopen it for ever.
      const batches = await ctx.services.answers.watch(ctx.principal, input.answerId, {
        cursor: input.lastEventId ?? undefined,
        signal,
        past: "snapshot",
      });
      return trackEvents(batches);
    }),

  read: procedure
    .input(
      z.object({
        answerId,
        cursor: z.string().optional(),
        waitMs: z.int().min(0).max(MAX_WAIT_MS).default(0),
      }),
    )
    .query(({ ctx, input, signal }) =>
      ctx.services.answers.read(ctx.principal, input.answerId, {
        cursor: input.cursor,
        waitMs: input.waitMs,
        signal,
      }),
    ),

  get: procedure
    .input(z.object({ answerId }))
    .query(({ ctx, input }) => ctx.services.answers.get(ctx.principal, input.answerId)),

  timeline: procedure
    .input(z.object({ answerId }))
    .query(({ ctx, input }) => ctx.services.answers.timeline(ctx.principal, input.answerId)),

  routes: procedure.query(({ ctx }) => routeChoices(ctx.services.system.routes())),

  cancel: procedure.input(z.object({ answerId })).mutation(async ({ ctx, input }) => ({
    cancelled: await ctx.services.answers.cancel(ctx.principal, input.answerId),
  })),
});
