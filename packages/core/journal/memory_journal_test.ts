import { test } from "node:test";
import { journalConformance } from "./conformance.ts";
import { MemoryJournal } from "./mod.ts";

async function openMemory() {
  let now = 1_700_000_000_000;
  const journal = new MemoryJournal({ clock: { wallTime: () => now } });
  return {
    journal,
    elapse: (ms: number) => {
      now += ms;
    },
    dispose: () => journal.close(),
  };
}

for (const { name, run } of journalConformance({ open: openMemory, isDurable: false })) {
  test(`MemoryJournal: ${name}`, run);
}
