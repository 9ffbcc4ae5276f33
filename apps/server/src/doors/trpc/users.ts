import * as z from "zod";
import { adminProcedure, managingProcedure, router } from "./trpc.ts";

const id = z.string().min(1).max(64);
const role = z.enum(["administrator", "member"]);
// How strong it must be is the rules' to say, in words.
const password = z.string().min(1).max(1000);

const newUser = z.object({
  email: z.string().trim().min(1).max(254),
  name: z.string().trim().max(100).optional(),
  password,
  role,
});

/** Users: administrators manage them, everybody changes the own password. */
export const usersRouter = router({
  list: adminProcedure.query(({ ctx }) => ctx.services.users.list(ctx.principal)),

  create: adminProcedure.input(newUser).mutation(async ({ ctx, input }) => {
    const user = await ctx.services.users.create(ctx.principal, input);
    const { email, role: given } = user;
    await ctx.services.audit.record(ctx.principal, {
      action: "user-made",
      object: user.id,
      detail: { email, role: given },
    });
    return user;
  }),

  setRole: adminProcedure.input(z.object({ id, role })).mutation(async ({ ctx, input }) => {
    const user = await ctx.services.users.setRole(ctx.principal, input.id, input.role);
    const detail = { email: user.email, role: user.role };
    await ctx.services.audit.record(ctx.principal, { action: "user-role-changed", object: user.id, detail });
    return user;
  }),

  setDisabled: adminProcedure
    .input(z.object({ id, isDisabled: z.boolean() }))
    .mutation(async ({ ctx, input: { id: userId, isDisabled } }) => {
      const user = await ctx.services.users.setDisabled(ctx.principal, userId, isDisabled);
      const action = isDisabled ? "user-disabled" : "user-enabled";
      await ctx.services.audit.record(ctx.principal, { action, object: userId, detail: { email: user.email } });
      return user;
    }),

  resetPassword: adminProcedure.input(z.object({ id, password })).mutation(async ({ ctx, input }) => {
    await ctx.services.users.resetPassword(input.id, input.password);
    await ctx.services.audit.record(ctx.principal, { action: "user-password-reset", object: input.id });
    return { ok: true };
  }),

  changePassword: managingProcedure
    .input(z.object({ currentPassword: password, newPassword: password }))
    .mutation(async ({ ctx, input }) => {
      await ctx.services.users.changePassword(ctx.cookie, input);
      await ctx.services.audit.record(ctx.principal, { action: "own-password-changed", object: ctx.principal.id });
      return { ok: true };
    }),
});
