import * as z from "zod";
import { keySettingsSchema } from "../../keys/mod.ts";
import type { KeySettings } from "../../storage/mod.ts";
import { managingProcedure, router } from "./trpc.ts";

const id = z.string().min(1).max(64);
/** Keys of programs: administrators all, members their own; a program none. */
export const keysRouter = router({
  list: managingProcedure.query(({ ctx }) => ctx.services.keys.list(ctx.principal)),

  /** The only reply that holds the key. */
  create: managingProcedure.input(keySettingsSchema).mutation(async ({ ctx, input }) => {
    const created = await ctx.services.keys.create(ctx.principal, input satisfies KeySettings);
    await ctx.services.audit.record(ctx.principal, { action: "key-made", object: created.id, detail: input });
    return created;
  }),

  /** Everything that can be set is set: what is left out is taken away. */
  update: managingProcedure
    .input(keySettingsSchema.extend({ id }))
    .mutation(async ({ ctx, input: { id: keyId, ...changed } }) => {
      const view = await ctx.services.keys.update(ctx.principal, keyId, changed);
      await ctx.services.audit.record(ctx.principal, { action: "key-changed", object: keyId, detail: changed });
      return view;
    }),

  revoke: managingProcedure.input(z.object({ id })).mutation(async ({ ctx, input }) => {
    const view = await ctx.services.keys.revoke(ctx.principal, input.id);
    await ctx.services.audit.record(ctx.principal, {
      action: "key-revoked",
      object: input.id,
      detail: { name: view.name },
    });
    return view;
  }),
});
