/**
 * A controller that also aborts when `signal` does, until `unlink` is called.
 *
 * `AbortSignal.any` would do, but its followers stay on a long-lived signal, and Safari has it only since 17.4.
 */
export function linkedController(signal: AbortSignal | undefined): { controller: AbortController; unlink: () => void } {
  const controller = new AbortController();
  if (signal === undefined) return { controller, unlink: () => {} };
  const onAbort = () => controller.abort(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return { controller, unlink: () => signal.removeEventListener("abort", onAbort) };
}
