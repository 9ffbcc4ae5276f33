import { classifyResponse, UpstreamError } from "../../failures/mod.ts";

/** What the provider of a drill answers, judged where a real upstream's answer is judged. */
export function refusal(status: 429 | 500, retryAfterMs?: number): UpstreamError {
  const headers = new Headers(retryAfterMs === undefined ? {} : { "retry-after-ms": String(retryAfterMs) });
  const body = JSON.stringify({ error: { message: "Drill" } });
  return new UpstreamError(classifyResponse({ status, headers, body, now: 0 }));
}

/** What comes is not of the dialect. */
export function garbage(): UpstreamError {
  return new UpstreamError({ code: "malformed", action: "fallback", detail: "Drill" });
}
