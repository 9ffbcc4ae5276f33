import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

/** A prepared statement with the shapes of what goes in and what comes out. */
interface Typed<Input extends SQLInputValue[], Row = never> {
  get(...input: Input): Row | undefined;
  all(...input: Input): Row[];
  iterate(...input: Input): IterableIterator<Row>;
  run(...input: Input): { changes: number | bigint; lastInsertRowid: number | bigint };
}

/** Inputs and rows of the journal's statements, in the order of the placeholders. */
export interface JournalStatements {
  insertHead: Typed<[answerId: string, holder: string, expiresAt: number]>;
  insertAsk: Typed<[answerKey: number, owner: string, createdAt: number, ask: string]>;
  advance: Typed<
    [newLastSeq: number, isEnded: number, answerKey: number, lastSeq: number, holder: string, epoch: number]
  >;
  insertBatch: Typed<[answerKey: number, lastSeq: number, events: string]>;
  readBatches: Typed<[answerId: string, after: number], { events: string }>;
  findHead: Typed<
    [answerId: string],
    { answer_key: number; last_seq: number; is_ended: number; lease_holder: string; lease_epoch: number }
  >;
  find: Typed<
    [answerId: string],
    { owner: string; created_at: number; ask: string; last_seq: number; is_ended: number }
  >;
  renew: Typed<[expiresAt: number, answerId: string, holder: string, epoch: number]>;
  findHolders: Typed<[], { lease_holder: string }>;
  expireHolder: Typed<[holder: string], never>;
  takeExpired: Typed<
    [holder: string, expiresAt: number, now: number, limit: number],
    { answer_key: number; answer_id: string; lease_epoch: number }
  >;
  noteEnd: Typed<[endedAt: number, answerKey: number]>;
  findUncompacted: Typed<[endedBefore: number, limit: number], { answer_key: number; answer_id: string }>;
  pageBatches: Typed<[answerKey: number, after: number], { last_seq: number; events: string }>;
  removeSpan: Typed<[answerKey: number, after: number, lastSeq: number]>;
  markCompacted: Typed<[answerKey: number]>;
  removeBatches: Typed<[answerKey: number]>;
  removeAsk: Typed<[answerKey: number]>;
  removeHead: Typed<[answerKey: number]>;
}

const TEXTS: Record<keyof JournalStatements, string> = {
  insertHead: `
    INSERT INTO journal_heads (answer_id, last_seq, is_ended, lease_holder, lease_epoch, lease_expires_at)
    VALUES (?, 0, 0, ?, 1, ?)`,
  insertAsk: "INSERT INTO journal_asks (answer_key, owner, created_at, ask) VALUES (?, ?, ?, ?)",
  advance: `
    UPDATE journal_heads SET last_seq = ?, is_ended = ?
    WHERE answer_key = ? AND last_seq = ? AND lease_holder = ? AND lease_epoch = ? AND is_ended = 0`,
  insertBatch: "INSERT INTO journal_batches (answer_key, last_seq, events) VALUES (?, ?, ?)",
  readBatches: `
    SELECT events FROM journal_batches
    WHERE answer_key = (SELECT answer_key FROM journal_heads WHERE answer_id = ?) AND last_seq > ?
    ORDER BY last_seq`,
  findHead: "SELECT answer_key, last_seq, is_ended, lease_holder, lease_epoch FROM journal_heads WHERE answer_id = ?",
  find: `
    SELECT owner, created_at, ask, last_seq, is_ended
    FROM journal_heads JOIN journal_asks USING (answer_key) WHERE answer_id = ?`,
  renew: `
    UPDATE journal_heads SET lease_expires_at = ?
    WHERE answer_id = ? AND lease_holder = ? AND lease_epoch = ? AND is_ended = 0`,
  findHolders: "SELECT DISTINCT lease_holder FROM journal_heads WHERE is_ended = 0",
  expireHolder: "UPDATE journal_heads SET lease_expires_at = 0 WHERE is_ended = 0 AND lease_holder = ?",
  takeExpired: `
    UPDATE journal_heads SET lease_holder = ?, lease_epoch = lease_epoch + 1, lease_expires_at = ?
    WHERE answer_key IN (
      SELECT answer_key FROM journal_heads WHERE is_ended = 0 AND lease_expires_at <= ?
      ORDER BY lease_expires_at LIMIT ?)
    RETURNING answer_key, answer_id, lease_epoch`,
  noteEnd: "UPDATE journal_heads SET ended_at = ? WHERE answer_key = ?",
  findUncompacted: `
    SELECT answer_key, answer_id FROM journal_heads
    WHERE ended_at IS NOT NULL AND is_compacted = 0 AND ended_at <= ? ORDER BY ended_at LIMIT ?`,
  pageBatches: `
    SELECT last_seq, events FROM journal_batches WHERE answer_key = ? AND last_seq > ? ORDER BY last_seq`,
  removeSpan: "DELETE FROM journal_batches WHERE answer_key = ? AND last_seq > ? AND last_seq <= ?",
  markCompacted: "UPDATE journal_heads SET is_compacted = 1 WHERE answer_key = ?",
  removeBatches: "DELETE FROM journal_batches WHERE answer_key = ?",
  removeAsk: "DELETE FROM journal_asks WHERE answer_key = ?",
  removeHead: "DELETE FROM journal_heads WHERE answer_key = ?",
};

export function prepareJournal(database: DatabaseSync): JournalStatements {
  const prepared: Partial<Record<string, StatementSync>> = {};
  for (const [name, text] of Object.entries(TEXTS)) prepared[name] = database.prepare(text);
  return prepared as unknown as JournalStatements;
}

/** The rows of a query, one after the other, as far as they are asked for. */
export function* rowsOf<Input extends SQLInputValue[], Row>(
  statement: Pick<Typed<Input, Row>, "iterate">,
  ...input: Input
): Generator<Row> {
  try {
    yield* statement.iterate(...input);
  } catch (error) {
    // A statement that failed in `iterate` would tell the same error to whoever uses it next, for another answer too.
    try {
      statement.iterate(...input);
    } catch {
      // That was it.
    }
    throw error;
  }
}
