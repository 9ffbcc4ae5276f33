/** Made once, since an error costs its stack. */
const RETURNED = new DOMException("The stream was returned", "AbortError");

/**
 * An async generator that ends at once when it is aborted or returned, even while it waits.
 *
 * A generator alone cannot do the second: its `return()` waits in line behind a pending `next()`. So `run` gets a signal of its own,
 * which aborts with `signal` and with `return()`, and must make every wait of its own end with it.
 */
export function cancellable<T>(
  signal: AbortSignal,
  run: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
): AsyncIterableIterator<T, void, undefined> {
  const own = new AbortController();
  const onAbort = () => own.abort(signal.reason);
  const release = () => signal.removeEventListener("abort", onAbort);
  let generator: AsyncGenerator<T, void, undefined> | undefined;
  let isOver = false;
  return {
    async next() {
      if (generator === undefined) {
        if (signal.aborted) own.abort(signal.reason);
        else signal.addEventListener("abort", onAbort, { once: true });
        generator = run(own.signal);
      }
      try {
        const result = await generator.next();
        if (result.done) {
          isOver = true;
          release();
        }
        return result;
      } catch (error) {
        isOver = true;
        release();
        throw error;
      }
    },
    async return() {
      release();
      if (isOver) return { done: true, value: undefined };
      own.abort(RETURNED);
      generator ??= run(own.signal);
      return await generator.return();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Resolves when the signal aborts; `release` lets go of the signal. */
export function whenAborted(signal: AbortSignal): { aborted: Promise<undefined>; release: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const onAbort = () => resolve(undefined);
  if (signal.aborted) resolve(undefined);
  else signal.addEventListener("abort", onAbort, { once: true });
  return { aborted: promise, release: () => signal.removeEventListener("abort", onAbort) };
}
