// A real PostgreSQL for one test file, and a fresh database in it for each case.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, vi } from "vitest";
import { noteNotRun } from "./not_run.ts";
import { PostgresEngine } from "./postgres_engine.ts";

/** A server of databases for tests. */
export interface TestPostgres extends AsyncDisposable {
  /** Address of the database that is always there, as its administrator. */
  url: string;
  /** Makes an empty database; gives its address. */
  create(): Promise<string>;
  /** Runs one statement as the administrator, in the database of an address or in the one that is always there. */
  run(statement: string, url?: string): Promise<Record<string, unknown>[]>;
}

/** A server of our own, which can be stopped. */
export interface OwnPostgres extends TestPostgres {
  stop(): Promise<void>;
  start(): Promise<void>;
}

// A database is made for each case, on machines with other work to do.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const PASSWORD = "test s3cret/";

/**
 * The PostgreSQL of `TEST_DATABASE_URL`, else one of our own; `undefined` where there is none to be had, which is said in a line at the end.
 *
 * It ends with the test file.
 *
 * @param what The tests that need it, for that line.
 */
export async function usePostgres(what: string): Promise<TestPostgres | undefined> {
  const { TEST_DATABASE_URL: given } = process.env;
  const postgres = given ? serverAt(given) : await useOwnPostgres(what);
  if (given && postgres) afterAll(() => postgres[Symbol.asyncDispose]());
  return postgres;
}

/** One of our own in any case, for tests that stop it. */
export async function useOwnPostgres(what: string, flags: readonly string[] = []): Promise<OwnPostgres | undefined> {
  try {
    const postgres = await startPostgres(flags);
    afterAll(() => postgres[Symbol.asyncDispose]());
    return postgres;
  } catch (error) {
    const why = error instanceof Error ? error.message.trim() : String(error ?? "it ended at once");
    noteNotRun(what, `no PostgreSQL could be started (${why})`);
    return undefined;
  }
}

/** Starts a PostgreSQL on a free port, in a folder of its own, without what only durability needs. */
export async function startPostgres(flags: readonly string[] = []): Promise<OwnPostgres> {
  const directory = await mkdtemp(join(tmpdir(), "cogniforge-postgres-"));
  try {
    const engine = await PostgresEngine.make(directory, { password: PASSWORD, flags });
    await engine.start();
    const url = `postgres://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${engine.port}/postgres`;
    return {
      ...serverAt(url),
      stop: () => engine.stop(),
      start: () => engine.start(),
      async [Symbol.asyncDispose]() {
        await engine.stop();
        await rm(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

function serverAt(url: string): TestPostgres {
  const made: string[] = [];
  const run = async (statement: string, at = url) => {
    const client = new pg.Client({ connectionString: at });
    client.on("error", () => {});
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    url,
    run,
    async create() {
      const name = `test_${randomBytes(6).toString("hex")}`;
      await run(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
      made.push(name);
      const address = new URL(url);
      address.pathname = `/${name}`;
      return address.href;
    },
    async [Symbol.asyncDispose]() {
      for (const name of made) await run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}
