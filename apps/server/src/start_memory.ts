import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** By then a start is over, in milliseconds. */
const SETTLED_MS = 2_000;

type Collect = (options: { type: "major"; execution: "async"; flavor: "last-resort" }) => Promise<void>;

/**
 * Gives back what only the start needed: compiling a thousand modules grows the heap to three times of what stays, and V8 keeps
 * that room for as long as little happens.
 *
 * @param isBusy Whether an answer is on its way: then nothing is held up, and the heap is in use anyway.
 */
export function giveBackStartMemory(isBusy: () => boolean): void {
  setTimeout(() => {
    if (isBusy()) return;
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as Collect;
    void collect({ type: "major", execution: "async", flavor: "last-resort" });
  }, SETTLED_MS).unref();
}
