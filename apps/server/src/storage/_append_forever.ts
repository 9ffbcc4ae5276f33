// The child process of the kill test: appends as fast as it can and prints what was acknowledged, until it is killed.
import { writeSync } from "node:fs";
import type { TextDelta } from "@cogniforge/core/events";
import { openStorage } from "./mod.ts";

const [directory = "", seed = "0"] = process.argv.slice(2);
const { journal } = await openStorage({ directory });

async function appendForever(answerId: string): Promise<never> {
  const header = { answerId, owner: "user:1", createdAt: 0, ask: { seed } };
  const result = await journal.create(header, { holder: `process-${process.pid}`, ttlMs: 60_000 });
  if (!result.created) throw new Error(`Expected '${answerId}' to be new`);
  for (let seq = 1; ; ) {
    const batch: TextDelta[] = Array.from({ length: 1 + (seq % 7) }, (_, index) => ({
      seq: seq + index,
      at: Date.now(),
      type: "text-delta",
      attempt: 1,
      offset: seq,
      text: `نص ${answerId} ${seq + index} ${"x".repeat((seq * 31) % 300)}`,
    }));
    await journal.append(result.lease, batch);
    // Synchronous, so that a line which was printed was acknowledged, and none is left in a buffer of this process.
    writeSync(1, `${batch.map((event) => `${answerId} ${JSON.stringify(event)}\n`).join("")}`);
    seq += batch.length;
  }
}

await Promise.all(["answer-a", "answer-b", "answer-c"].map(appendForever));
