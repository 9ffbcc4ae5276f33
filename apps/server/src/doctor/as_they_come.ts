/** Starts work on each item, on `atOnce` of them at the same time, and yields the results as they come. */
export async function* asTheyCome<T, R>(
  items: Iterable<T>,
  work: (item: T) => Promise<R>,
  atOnce: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<R> {
  const waiting = [...items];
  const running = new Set<Promise<() => R>>();
  while (waiting.length > 0 || running.size > 0) {
    while (waiting.length > 0 && running.size < atOnce) {
      const item = waiting.shift() as T;
      const job: Promise<() => R> = work(item).then((result) => () => {
        running.delete(job);
        return result;
      });
      running.add(job);
    }
    yield (await Promise.race(running))();
  }
}
