import { expect, test } from "vitest";
import { TraceQueue } from "./trace_queue.ts";

test("TraceQueue drops what comes when 1,000 pieces of work wait, and does the rest one after the other", async () => {
  let dropped = 0;
  const errors: unknown[] = [];
  const queue = new TraceQueue({ onDrop: () => (dropped += 1), onError: (error) => errors.push(error) });
  let running = 0;
  let done = 0;
  let most = 0;
  for (let index = 0; index < 1_005; index++) {
    queue.add(async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      done += 1;
      if (index === 3) throw new Error("one that fails");
    });
  }
  await queue.idle();
  expect({ dropped, done, most, errors: errors.length }).toEqual({ dropped: 5, done: 1_000, most: 1, errors: 1 });
});
