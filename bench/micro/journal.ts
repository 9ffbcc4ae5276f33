import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStorage } from "../../apps/server/src/storage/mod.ts";
import type { JournalEvent } from "../../packages/core/events/mod.ts";
import type { Journal } from "../../packages/core/journal/mod.ts";
import { type MicroResult, perSecond } from "./repeat.ts";

const TTL_MS = 600_000;

/** How many events a second become durable in the embedded database, by how many answers append at the same time. */
export async function benchJournal(forMs: number): Promise<MicroResult[]> {
  const directory = await mkdtemp(join(tmpdir(), "cogniforge-micro-"));
  const storage = await openStorage({ directory });
  try {
    const results: MicroResult[] = [];
    for (const answers of [1, 32, 1_000]) {
      const appends = await Promise.all(Array.from({ length: answers }, () => appender(storage.journal)));
      const work = () => Promise.all(appends.map((append) => append()));
      const name = `journal append, ${answers.toLocaleString("en")} answers`;
      results.push({ name, unit: "appends", perSecond: await perSecond(forMs, answers, work) });
    }
    return results;
  } finally {
    await storage.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** A new answer; each call appends one delta of four tokens to it. */
async function appender(journal: Journal): Promise<() => Promise<void>> {
  const answerId = randomUUID();
  const header = { answerId, owner: "bench", createdAt: Date.now(), ask: {} };
  const created = await journal.create(header, { holder: "bench", ttlMs: TTL_MS });
  if (!created.created) throw new Error("A new answer was there before");
  const { lease } = created;
  const text = "the quick brown foxes";
  let seq = 0;
  let offset = 0;
  return () => {
    const event: JournalEvent = { seq: ++seq, at: Date.now(), type: "text-delta", attempt: 1, offset, text };
    offset += text.length;
    return journal.append(lease, [event]);
  };
}
