import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { TextDelta } from "@cogniforge/core/events";
import { journalConformance } from "@cogniforge/core/journal/conformance";
import { describe, expect, test } from "vitest";
import { openStorage } from "./mod.ts";
import { tempFolder } from "./temp_folder.ts";

function delta(seq: number, text = `t${seq}`): TextDelta {
  return { seq, at: 1, type: "text-delta", attempt: 1, offset: 0, text };
}

async function openSubject() {
  const folder = await tempFolder();
  let now = 1_700_000_000_000;
  const open = () => openStorage({ directory: folder.path, clock: { wallTime: () => now } });
  let storage = await open();
  return {
    journal: storage.journal,
    elapse(ms: number) {
      now += ms;
    },
    async reopen() {
      await storage.close();
      storage = await open();
      return storage.journal;
    },
    async dispose() {
      await storage.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe("SqliteJournal", () => {
  for (const { name, run } of journalConformance({ open: openSubject, isDurable: true })) test(name, run);
});

const HEADER = { answerId: "answer-1", owner: "user:1", createdAt: 1, ask: {} };

test("SqliteJournal.append() fails alone when SQLite itself refuses one of a group", async () => {
  await using folder = await tempFolder();
  const storage = await openStorage({ directory: folder.path });
  const { journal, database } = storage;
  const first = await journal.create(HEADER, { holder: "one", ttlMs: 1000 });
  const second = await journal.create({ ...HEADER, answerId: "answer-2" }, { holder: "one", ttlMs: 1000 });
  if (!first.created || !second.created) throw new Error("Expected new answers");
  // An error of the database in the middle of a batch, as a full disk would give.
  database.exec(`CREATE TRIGGER refuse BEFORE INSERT ON journal_batches WHEN NEW.events LIKE '%poison%'
    BEGIN SELECT RAISE(ROLLBACK, 'disk'); END`);
  const results = await Promise.allSettled([
    journal.append(first.lease, [delta(1)]),
    journal.append(second.lease, [delta(1), delta(2, "poison")]),
    journal.append(first.lease, [delta(2)]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await journal.read("answer-1", 0, 10)).toEqual([delta(1), delta(2)]);
  expect(await journal.read("answer-2", 0, 10)).toEqual([]);
  await journal.append(second.lease, [delta(1)]);
  await storage.close();
});

test("SqliteJournal.append() stays out of a transaction that waits for something in between", async () => {
  await using folder = await tempFolder();
  const storage = await openStorage({ directory: folder.path });
  const { journal, kysely } = storage;
  const result = await journal.create(HEADER, { holder: "one", ttlMs: 1000 });
  if (!result.created) throw new Error("Expected a new answer");
  const inside = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const transaction = kysely.transaction().execute(async (own) => {
    await own.insertInto("health_checks").values({ id: 7, checked_at: 1 }).execute();
    inside.resolve();
    await goOn.promise;
    throw new Error("rolled back");
  });
  await inside.promise;
  let isAppended = false;
  const append = journal.append(result.lease, [delta(1)]).then(() => {
    isAppended = true;
  });
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(isAppended).toBe(false);
  goOn.resolve();
  await expect(transaction).rejects.toThrow("rolled back");
  await append;
  expect(await journal.read("answer-1", 0, 10)).toEqual([delta(1)]);
  expect(await kysely.selectFrom("health_checks").selectAll().where("id", "=", 7).execute()).toEqual([]);
  await storage.close();
});

test("SqliteJournal commits a thousand answers that append at once in short transactions, each answer in order", async () => {
  await using folder = await tempFolder();
  const commits: number[] = [];
  const storage = await openStorage({ directory: folder.path, onCommit: (writes) => commits.push(writes) });
  const { journal } = storage;
  const ids = Array.from({ length: 1000 }, (_, index) => `answer-${index}`);
  const results = await Promise.all(
    ids.map((answerId) => journal.create({ ...HEADER, answerId }, { holder: "one", ttlMs: 1000 })),
  );
  const leases = results.flatMap((result) => (result.created ? [result.lease] : []));
  commits.length = 0;
  const seen: string[] = [];
  const appends = leases.flatMap((lease) =>
    [1, 2, 3].map((seq) => journal.append(lease, [delta(seq)]).then(() => seen.push(`${lease.answerId} ${seq}`))),
  );
  await Promise.all(appends);
  expect(commits.length).toBe(Math.ceil(3000 / 256));
  expect(seen).toEqual(ids.flatMap((id) => [1, 2, 3].map((seq) => `${id} ${seq}`)));
  for (const id of ids) expect(await journal.read(id, 0, 10)).toEqual([delta(1), delta(2), delta(3)]);
  await storage.close();
});

test("SqliteJournal keeps every acknowledged event of a process that was killed, byte for byte and without a gap", async () => {
  for (const linesBeforeKill of [1, 500, 4000]) {
    await using folder = await tempFolder();
    const script = fileURLToPath(new URL("./_append_forever.ts", import.meta.url));
    const child = spawn(process.execPath, [script, folder.path], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    let lines = 0;
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
      lines += chunk.split("\n").length - 1;
      if (lines >= linesBeforeKill) child.kill("SIGKILL");
    });
    const [, signal] = await once(child, "close");
    expect(signal).toBe("SIGKILL");
    // A last line without its end was not printed whole.
    const acknowledged = output.split("\n").slice(0, -1);
    expect(acknowledged.length).toBeGreaterThanOrEqual(linesBeforeKill);
    const storage = await openStorage({ directory: folder.path });
    for (const answerId of ["answer-a", "answer-b", "answer-c"]) {
      const printed = acknowledged.filter((line) => line.startsWith(`${answerId} `)).map((line) => line.slice(9));
      const events = await storage.journal.read(answerId, 0, 1_000_000);
      const stored = events.map((event) => JSON.stringify(event));
      expect(stored.slice(0, printed.length)).toEqual(printed);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      const entry = await storage.journal.find(answerId);
      if (printed.length > 0) expect(entry?.lastSeq).toBe(events.length);
    }
    await storage.close();
  }
}, 60_000);
