import { m } from "#lib/paraglide/messages.js";

/** Why an attempt was made, in a word. */
export const attemptReasons = {
  first: m.why_first,
  retry: m.why_retry,
  fallback: m.why_fallback,
  hedge: m.why_hedge,
  continuation: m.why_continuation,
  recovery: m.why_recovery,
};
