import { UpstreamError } from "../../failures/mod.ts";

/** The failure of a target whose dialect lacks what the request asks for; another target may have it. */
export function unsupported(what: string): UpstreamError {
  return new UpstreamError({ code: "unsupported-feature", action: "fallback", detail: `this dialect lacks ${what}` });
}
