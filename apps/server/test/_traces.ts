import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "vitest";
import type { TestServer } from "./_server.ts";
import type { Upstream } from "./_upstream.ts";

/** Tables that a new question writes to at once. */
export const QUESTION_TABLES = ["conversations", "turns", "journal_heads", "journal_asks"] as const;
/** Those, and what its answer writes to. */
export const ANSWER_TABLES = [...QUESTION_TABLES, "answer_records", "journal_batches"] as const;

/** Rows of each table, read from the file beside the running server. */
export function countRows<Table extends string>(
  { directory }: Pick<TestServer, "directory">,
  tables: readonly Table[],
): Record<Table, number> {
  using database = new DatabaseSync(join(directory, "data/cogniforge.sqlite"), { readOnly: true });
  const counts = tables.map((table) => [table, database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.rows]);
  return Object.fromEntries(counts);
}

/** Does something that must be refused, and proves that nothing was written, nobody was asked, and the server lives on. */
export async function leavesNoTrace(
  { server, upstream, tables }: { server: TestServer; upstream: Upstream; tables: readonly string[] },
  act: () => Promise<void>,
): Promise<void> {
  const [rows, asked] = [countRows(server, tables), upstream.requests.length];
  await act();
  expect(countRows(server, tables)).toEqual(rows);
  expect(upstream.requests).toHaveLength(asked);
  expect((await server.fetch("/healthz")).status).toBe(200);
}
