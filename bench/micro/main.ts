// Parts of CogniForge by themselves: how often a second each does its work. The first argument is the time for each, in milliseconds.
import { benchDecoder } from "./decoder.ts";
import { benchJournal } from "./journal.ts";
import type { MicroResult } from "./repeat.ts";
import { benchSeam } from "./seam.ts";

const forMs = Number(process.argv[2]);

for (const bench of [benchSeam, benchDecoder, benchJournal]) {
  for (const result of await bench(forMs)) process.send?.(result satisfies MicroResult);
}
process.disconnect?.();
