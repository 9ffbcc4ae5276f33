import type { PostgresDialectConfig, PostgresPoolClient } from "kysely";
import { PostgresDialect } from "kysely";
import pg from "pg";
import type { PostgresFault } from "./postgres_fault.ts";
import { hasSqlState, PostgresConnectionError } from "./postgres_fault.ts";
import { decodeStoredText, encodeStoredText } from "./stored_text.ts";

export interface PoolOptions {
  url: string;
  /** As the server's administrator sees it in `pg_stat_activity`. */
  applicationName: string;
  /** Connections at most. */
  max: number;
  /** Longest time of one statement, in milliseconds; absent: any. */
  statementTimeoutMs?: number | undefined;
}

/** How long a connection may take to be made, or to become free, in milliseconds: an opening must fail within five seconds. */
export const CONNECT_TIMEOUT_MS = 4_000;

/** How much longer than the server the client waits for the end of a statement: a server that is gone says nothing. */
const SILENCE_MS = 2_000;

/** A transaction of ours waits for nothing but its own statements; one that is left open holds locks of everybody. */
const IDLE_IN_TRANSACTION_MS = 30_000;

/** Opens nothing yet: connections are made when they are needed, and made anew when they are lost. */
export function createPool({ url, applicationName, max, statementTimeoutMs }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: applicationName,
    max,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    ...(statementTimeoutMs !== undefined && {
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + SILENCE_MS,
    }),
    types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
  });
  // A connection that is lost while nobody uses it is none of anybody's business: the next one who needs one gets another.
  // Whoever uses it hears of it by the statement under way. Without listeners either would end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => {
    client.on("error", () => {});
  });
  return pool;
}

/** Kysely's own dialect over a pool, with texts, numbers and errors as the stores expect them. */
export function poolDialect(pool: pg.Pool): PostgresDialect {
  const adapted: PostgresDialectConfig["pool"] = {
    options: pool.options,
    connect: async () => adaptClient(await connect(pool)),
    end: () => pool.end(),
  };
  return new PostgresDialect({ pool: adapted });
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw explainConnection(error);
  }
}

/** The error of a connection that could not be made: the database's own, or a {@linkcode PostgresConnectionError}. */
export function explainConnection(error: unknown): unknown {
  if (hasSqlState(error)) return error;
  // The pool's words for its own limit; everything else happened on the way to the server.
  const isFull = error instanceof Error && error.message === "timeout exceeded when trying to connect";
  return new PostgresConnectionError(isFull ? "too-slow" : "unreachable", error);
}

function adaptClient(client: pg.PoolClient): PostgresPoolClient {
  let isLost = false;
  // Typed as what is used of it: there are no cursors, every statement has its text and its values.
  const query = (async (text: string, values: readonly unknown[] = []) => {
    try {
      return await client.query(text, values.map(encodeValue));
    } catch (error) {
      const reason = explain(error);
      isLost ||= reason instanceof PostgresConnectionError;
      throw reason;
    }
  }) as unknown as PostgresPoolClient["query"];
  return {
    query,
    // One that fell silent still has its statement: whoever got it next would wait for the end of that one.
    release: (destroy) => client.release(destroy || isLost),
  };
}

/** An error of the database stays as it is, as does a mistake of ours; the others are those of the connection. */
function explain(error: unknown): unknown {
  if (hasSqlState(error) || error instanceof TypeError || error instanceof RangeError) return error;
  const isSilence = error instanceof Error && error.message === "Query read timeout";
  const fault: PostgresFault = isSilence ? "too-slow" : "unreachable";
  return new PostgresConnectionError(fault, error);
}

function encodeValue(value: unknown): unknown {
  return typeof value === "string" ? encodeStoredText(value) : value;
}

type Parser = (value: string) => unknown;

const { builtins } = pg.types;

/** Counts and sums come as text since they may be larger than a number; ours are not. Times are whole milliseconds. */
const PARSERS: Readonly<Record<number, Parser>> = {
  [builtins.INT8]: Number,
  [builtins.NUMERIC]: Number,
  [builtins.TEXT]: decodeStoredText,
  [builtins.VARCHAR]: decodeStoredText,
};

function typeParser(type: number, format?: "text" | "binary"): Parser {
  if (format === "binary") return pg.types.getTypeParser(type, "binary");
  return PARSERS[type] ?? pg.types.getTypeParser(type, "text");
}
