import { createCogniforgeClient } from "@cogniforge/client";
import type { AppRouter } from "@cogniforge/server/router";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";

type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;

export type KeyView = Outputs["keys"]["list"][number];
export type CreatedKey = Outputs["keys"]["create"];
export type KeySettings = Inputs["keys"]["create"];
export type UserView = Outputs["users"]["list"][number];
export type UserRole = UserView["role"];
export type NewUser = Inputs["users"]["create"];
export type PasswordChange = Inputs["users"]["changePassword"];

type Client = ReturnType<typeof createCogniforgeClient>;

/** What the pages of keys, users and the own account ask of the server, with the session that the browser's cookie carries. */
export type AccessApi = Pick<Client, "keys" | "users"> & {
  /** Names of the routes that can be asked. */
  routes(): Promise<string[]>;
};

export function createAccessApi(origin: string): AccessApi {
  const client = createCogniforgeClient({ url: origin });
  return {
    keys: client.keys,
    users: client.users,
    routes: async () => (await client.routes()).map(({ route }) => route),
  };
}
