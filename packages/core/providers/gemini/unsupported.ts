import { UpstreamError } from "../../failures/mod.ts";

/** What Gemini has no way to do; another target may. */
export function unsupported(what: string): UpstreamError {
  return new UpstreamError({
    code: "unsupported-feature",
    action: "fallback",
    detail: `${what} is not possible in the dialect 'gemini'`,
  });
}
