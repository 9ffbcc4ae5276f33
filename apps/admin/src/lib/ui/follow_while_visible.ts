/**
 * Runs `follow` whenever the page can be seen, until `signal` aborts.
 *
 * A browser keeps but six connections to a server: tabs in the background must not hold one each. When they are looked at again, what they
 * follow begins anew, and so tells what they missed.
 */
export async function followWhileVisible(
  signal: AbortSignal,
  follow: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await visibility("visible", signal);
    const hidden = new AbortController();
    const leave = AbortSignal.any([signal, hidden.signal]);
    const watching = visibility("hidden", leave).then(() => hidden.abort());
    await follow(leave);
    // What has ended by itself, as after a refusal, is not begun again before the page was hidden and is seen.
    await watching;
  }
}

/** Resolves when the page is as wanted, or `signal` aborts. */
function visibility(wanted: DocumentVisibilityState, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      if (document.visibilityState !== wanted && !signal.aborted) return;
      document.removeEventListener("visibilitychange", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    document.addEventListener("visibilitychange", done);
    signal.addEventListener("abort", done);
    done();
  });
}
