import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { PostgresEngine } from "../../apps/server/test/postgres_engine.ts";
import { cpuMsOf, familyCpuMsOf } from "../process/usage.ts";
import { type RedisEngine, startRedis } from "./redis_engine.ts";

/** What servers that share their stores are given. */
export interface SharedStores {
  databaseUrl: string;
  redisUrl: string;
}

/** What the engines have done since they were started. */
export interface EngineUsage {
  redisCpuMs: number;
  /** As Redis counts them: those inside scripts too. */
  redisCommands: number;
  redisInBytes: number;
  redisOutBytes: number;
  postgresCpuMs: number;
  /** Inserted and updated. */
  postgresRows: number;
  postgresWalBytes: number;
}

const PASSWORD = "bench";

/** Redis has sixteen databases: as many servers can have their stores at a time. */
const DATABASES = 16;

/** As operators run it: what is committed is on the disk. */
const SETTINGS = ["fsync=on", "full_page_writes=on", "synchronous_commit=on", "shared_buffers=256MB"];

/** How long PostgreSQL may take until its statistics tell of what has just been done, in milliseconds. */
const STATISTICS_MS = 1_100;

/** How long an answer that has ended stays in Redis, in milliseconds. */
const GRACE_MS = 60_000;

/** Answers whose memory is looked at. */
const SAMPLE = 100;

/** One PostgreSQL and one Redis, for all servers of the bench that share their stores. */
export class Engines {
  readonly #folder: string;
  readonly #postgres: PostgresEngine;
  readonly #redis: RedisEngine;
  #made = 0;

  private constructor(folder: string, postgres: PostgresEngine, redis: RedisEngine) {
    this.#folder = folder;
    this.#postgres = postgres;
    this.#redis = redis;
  }

  /** @throws {Error} If one of them can't be run here; the message says why. */
  static async start(): Promise<Engines> {
    const folder = await mkdtemp(join(tmpdir(), "cogniforge-bench-engines-"));
    // PostgreSQL does not run as root, and whoever it runs as must get to its folder.
    await chmod(folder, 0o755);
    let redis: RedisEngine | undefined;
    try {
      redis = await startRedis(folder);
      const directory = join(folder, "postgres");
      await mkdir(directory);
      const postgres = await PostgresEngine.make(directory, { password: PASSWORD, flags: SETTINGS });
      await postgres.start();
      return new Engines(folder, postgres, redis);
    } catch (error) {
      await redis?.stop();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Empty stores. */
  async make(): Promise<SharedStores> {
    const number = this.#made++;
    await this.#run("postgres", `CREATE DATABASE bench_${number}`);
    const redisUrl = this.#redis.urlOf(number % DATABASES);
    await this.#redis.command("SELECT", String(number % DATABASES));
    await this.#redis.command("FLUSHDB");
    return { databaseUrl: this.#urlOf(`bench_${number}`), redisUrl };
  }

  /** What the engines did for these stores, and the CPU that they used for all. */
  async usage({ databaseUrl }: SharedStores): Promise<EngineUsage> {
    await new Promise((resolve) => setTimeout(resolve, STATISTICS_MS));
    const info = String(await this.#redis.command("INFO"));
    const told = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1]);
    const database = new URL(databaseUrl).pathname.slice(1);
    const rows = await this.#run(
      database,
      "SELECT coalesce(sum(n_tup_ins + n_tup_upd), 0) AS rows, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS wal FROM pg_stat_user_tables",
    );
    return {
      redisCpuMs: cpuMsOf(this.#redis.child.pid),
      redisCommands: told("total_commands_processed"),
      redisInBytes: told("total_net_input_bytes"),
      redisOutBytes: told("total_net_output_bytes"),
      postgresCpuMs: familyCpuMsOf(this.#postgres.pid),
      postgresRows: Number(rows[0]?.rows),
      postgresWalBytes: Number(rows[0]?.wal),
    };
  }

  /** What Redis keeps of an answer that was written in the last `ms`, in KiB; `undefined` where it has none. */
  async kibPerAnswer({ redisUrl }: SharedStores, ms: number): Promise<number | undefined> {
    await this.#redis.command("SELECT", new URL(redisUrl).pathname.slice(1));
    const sizes: number[] = [];
    let cursor = "0";
    do {
      const [next, keys] = (await this.#redis.command("SCAN", cursor, "MATCH", "*:events", "COUNT", "500")) as [
        string,
        string[],
      ];
      cursor = next;
      for (const events of keys) {
        // Of what runs nothing is known of its end; of what has ended, when it will go.
        const leftMs = Number(await this.#redis.command("PTTL", events));
        if (leftMs >= 0 && leftMs < GRACE_MS - ms) continue;
        const head = events.replace(/events$/, "head");
        const [one, other] = await Promise.all(
          [events, head].map((key) => this.#redis.command("MEMORY", "USAGE", key)),
        );
        sizes.push((Number(one) + Number(other)) / 1024);
      }
    } while (cursor !== "0" && sizes.length < SAMPLE);
    return sizes.length === 0 ? undefined : sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  }

  async stop(): Promise<void> {
    await this.#redis.stop();
    await this.#postgres.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #urlOf(database: string): string {
    return `postgres://postgres:${PASSWORD}@127.0.0.1:${this.#postgres.port}/${database}`;
  }

  async #run(database: string, statement: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client(this.#urlOf(database));
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  }
}

/** What the engines did between two looks, for so many answers of so many tokens. */
export function engineFigures(
  before: EngineUsage,
  after: EngineUsage,
  { answers, tokens }: { answers: number; tokens: number },
): Record<string, number> {
  if (answers === 0 || tokens === 0) return {};
  const grown = (name: keyof EngineUsage) => after[name] - before[name];
  return {
    redisCpuUsPerToken: (grown("redisCpuMs") * 1e3) / tokens,
    redisCommandsPerToken: grown("redisCommands") / tokens,
    redisInBytesPerToken: grown("redisInBytes") / tokens,
    redisOutBytesPerToken: grown("redisOutBytes") / tokens,
    postgresCpuMsPerAnswer: grown("postgresCpuMs") / answers,
    postgresRowsPerAnswer: grown("postgresRows") / answers,
    postgresWalKibPerAnswer: grown("postgresWalBytes") / 1024 / answers,
  };
}
