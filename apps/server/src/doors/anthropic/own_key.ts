import type { Authenticate } from "../guard.ts";

/** Reads the key where Anthropic's clients send it: in `x-api-key`, where `Authorization` has none that is right. */
export function withOwnKey(authenticate: Authenticate): Authenticate {
  return async (headers) => {
    const key = headers["x-api-key"];
    if (typeof key !== "string" || key === "") return authenticate(headers);
    const own = () => authenticate({ authorization: `Bearer ${key}` });
    // Clients that know two keys send both.
    return headers.authorization === undefined ? own() : ((await authenticate(headers)) ?? own());
  };
}
