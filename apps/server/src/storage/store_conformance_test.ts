import type { AnswerEnd } from "@cogniforge/core/events";
import type { Lease, WallClock } from "@cogniforge/core/journal";
import { describe, test } from "vitest";
import { usePostgres } from "../../test/real_postgres.ts";
import type { StoreSubject } from "./conformance/store_case.ts";
import { openStorage } from "./mod.ts";
import { openPostgresStorage } from "./postgres/mod.ts";
import type { RecordStorage } from "./record_storage.ts";
import { STORE_CASES } from "./store_conformance.ts";
import { tempFolder } from "./temp_folder.ts";

const postgres = await usePostgres("the stores' conformance suite on PostgreSQL");

type Subject = StoreSubject & AsyncDisposable;

/** What the storages have in common once they can be opened. */
async function subjectOf<Storage extends RecordStorage>(
  open: (options: { clock?: WallClock }) => Promise<Storage>,
  answers: (storage: Storage) => Pick<StoreSubject, "beginAnswer" | "endAnswer">,
): Promise<Subject> {
  let storage = await open({});
  return {
    get storage() {
      return storage;
    },
    async reopen(options = {}) {
      await storage.close();
      storage = await open(options);
      return storage;
    },
    beginAnswer: (answerId) => answers(storage).beginAnswer(answerId),
    endAnswer: (answerId, at) => answers(storage).endAnswer(answerId, at),
    [Symbol.asyncDispose]: () => storage.close(),
  };
}

const headerOf = (answerId: string) => ({ answerId, owner: "user:1", createdAt: 0, ask: {} });

function endOf(at: number): AnswerEnd {
  const timing = { totalMs: 1, deltas: 0 };
  return { seq: 1, at, type: "answer-end", outcome: "completed", length: 0, sha256: "", attempts: [], timing };
}

async function onSqlite(): Promise<Subject> {
  const folder = await tempFolder();
  const leases = new Map<string, Lease>();
  const subject = await subjectOf(
    (options) => openStorage({ directory: folder.path, ...options }),
    ({ journal }) => ({
      async beginAnswer(answerId) {
        const made = await journal.create(headerOf(answerId), { holder: "test", ttlMs: 60_000 });
        if (made.created) leases.set(answerId, made.lease);
      },
      async endAnswer(answerId, at) {
        await journal.append(leases.get(answerId) as Lease, [endOf(at)]);
      },
    }),
  );
  const close = subject[Symbol.asyncDispose];
  return Object.assign(subject, {
    async [Symbol.asyncDispose]() {
      await close();
      await folder[Symbol.asyncDispose]();
    },
  });
}

async function onPostgres(): Promise<Subject> {
  const url = (await postgres?.create()) ?? "";
  return subjectOf(
    (options) => openPostgresStorage({ url, ...options }),
    ({ archive }) => ({
      // An answer that runs has its journal elsewhere.
      beginAnswer: async () => {},
      endAnswer: (answerId, at) => archive.keep(headerOf(answerId), [endOf(at)]),
    }),
  );
}

function runAll(open: () => Promise<Subject>): void {
  for (const [name, check] of STORE_CASES) {
    test(name, async () => {
      await using subject = await open();
      await check(subject);
    }, 30_000);
  }
}

describe("on SQLite", () => runAll(onSqlite));
if (postgres !== undefined) describe("on PostgreSQL", () => runAll(onPostgres));
