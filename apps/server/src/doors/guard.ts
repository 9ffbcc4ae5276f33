import type { IncomingMessage } from "node:http";
import type { Principal } from "../auth/principal.ts";
import { FailureError } from "../failure_error.ts";
import { isSameOrigin } from "../http/origin.ts";

/** Who sends a request; `undefined` for nobody that is known. */
export type Authenticate = (headers: IncomingMessage["headers"]) => Promise<Principal | undefined>;

/**
 * Lets in whoever has a key, or is signed in and asks from one of our own pages.
 *
 * @throws {FailureError} `unauthenticated` or `cross-origin`.
 */
export async function admit(authenticate: Authenticate, request: IncomingMessage): Promise<Principal> {
  const principal = await authenticate(request.headers);
  if (principal === undefined) throw new FailureError("unauthenticated");
  if (principal.kind === "user" && !isSameOrigin(request)) throw new FailureError("cross-origin");
  return principal;
}
