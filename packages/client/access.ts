import type { AppRouter } from "@cogniforge/server/router";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { CallOptions, Calls } from "./calls.ts";

type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;

/** Keys of programs: administrators see and change all, members their own. */
export function keyCalls(calls: Calls) {
  const { keys } = calls.trpc;
  return {
    /** Newest first. */
    list(callOptions?: CallOptions): Promise<Outputs["keys"]["list"]> {
      return calls.call((opts) => keys.list.query(undefined, opts), callOptions);
    },
    /** Makes a key; `key` is told this once. */
    create(input: Inputs["keys"]["create"], callOptions?: CallOptions): Promise<Outputs["keys"]["create"]> {
      return calls.call((opts) => keys.create.mutate(input, opts), callOptions);
    },
    /** Sets everything that can be set: what is left out is taken away. */
    update(input: Inputs["keys"]["update"], callOptions?: CallOptions): Promise<Outputs["keys"]["update"]> {
      return calls.call((opts) => keys.update.mutate(input, opts), callOptions);
    },
    /** For good. */
    revoke(id: string, callOptions?: CallOptions): Promise<Outputs["keys"]["revoke"]> {
      return calls.call((opts) => keys.revoke.mutate({ id }, opts), callOptions);
    },
  };
}

/** Users, for administrators; everybody may change the own password. */
export function userCalls(calls: Calls) {
  const { users } = calls.trpc;
  return {
    /** Oldest first. */
    list(callOptions?: CallOptions): Promise<Outputs["users"]["list"]> {
      return calls.call((opts) => users.list.query(undefined, opts), callOptions);
    },
    create(input: Inputs["users"]["create"], callOptions?: CallOptions): Promise<Outputs["users"]["create"]> {
      return calls.call((opts) => users.create.mutate(input, opts), callOptions);
    },
    setRole(input: Inputs["users"]["setRole"], callOptions?: CallOptions): Promise<Outputs["users"]["setRole"]> {
      return calls.call((opts) => users.setRole.mutate(input, opts), callOptions);
    },
    /** Ends a user's sessions and suspends the user's keys, or takes that back. */
    setDisabled(
      input: Inputs["users"]["setDisabled"],
      callOptions?: CallOptions,
    ): Promise<Outputs["users"]["setDisabled"]> {
      return calls.call((opts) => users.setDisabled.mutate(input, opts), callOptions);
    },
    async resetPassword(input: Inputs["users"]["resetPassword"], callOptions?: CallOptions): Promise<void> {
      await calls.call((opts) => users.resetPassword.mutate(input, opts), callOptions);
    },
    /** The own one; the other sessions of the user end. */
    async changePassword(input: Inputs["users"]["changePassword"], callOptions?: CallOptions): Promise<void> {
      await calls.call((opts) => users.changePassword.mutate(input, opts), callOptions);
    },
  };
}
