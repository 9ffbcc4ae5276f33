/**
 * Yields what several sources give, each item with its source's number, in the order in which it comes.
 *
 * Each source is asked for its next item only when its last one was taken: a slow reader slows them all, and nothing piles up.
 */
export async function* merge<T>(sources: readonly AsyncIterable<T>[]): AsyncGenerator<{ index: number; item: T }> {
  const [only] = sources;
  if (only !== undefined && sources.length === 1) {
    for await (const item of only) yield { index: 0, item };
    return;
  }
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const ready: { index: number; result?: IteratorResult<T>; error?: unknown }[] = [];
  let wake = () => {};
  const ask = (index: number) => {
    const settle = (one: (typeof ready)[number]) => {
      ready.push(one);
      wake();
    };
    iterators[index]?.next().then(
      (result) => settle({ index, result }),
      (error: unknown) => settle({ index, error }),
    );
  };
  let open = iterators.length;
  for (const index of iterators.keys()) ask(index);
  try {
    while (open > 0) {
      const next = ready.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const { index, result, error } = next;
      if (result === undefined) throw error;
      if (result.done) open--;
      else {
        yield { index, item: result.value };
        ask(index);
      }
    }
  } finally {
    for (const iterator of iterators) iterator.return?.().catch(() => {});
  }
}
