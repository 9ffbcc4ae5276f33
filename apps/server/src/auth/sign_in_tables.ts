import { randomBytes } from "node:crypto";
import type { RecordStorage } from "../storage/mod.ts";
import { createAuth } from "./auth.ts";

/** Makes the tables of the sign-in, for whoever fills them: nobody signs in meanwhile, so that any secret will do. */
export async function makeSignInTables({ kysely, dialect, inTurn }: RecordStorage): Promise<void> {
  await createAuth({ kysely, dialect, inTurn, secret: randomBytes(32).toString("hex") });
}
