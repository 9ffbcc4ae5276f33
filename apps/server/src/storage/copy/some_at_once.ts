/** Of statements that go over the network, so many are under way at once: fewer than a pool has connections. */
const AT_ONCE = 6;

/** Does the same work for each of many, some at once; gives the results in their order. */
export async function* someAtOnce<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  let some: Item[] = [];
  for (const item of items) {
    some.push(item);
    if (some.length < AT_ONCE) continue;
    yield* await Promise.all(some.map(work));
    some = [];
  }
  yield* await Promise.all(some.map(work));
}

/** The same for work that has no result. */
export async function forSomeAtOnce<Item>(items: Iterable<Item>, work: (item: Item) => Promise<void>): Promise<void> {
  for await (const _ of someAtOnce(items, work));
}
