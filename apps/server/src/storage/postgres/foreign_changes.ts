import pg from "pg";
import { CONNECT_TIMEOUT_MS, explainConnection } from "./postgres_pool.ts";

/** Where changes are told: see the trigger in `migrations/p0001_beginning.ts`. */
const CHANNEL = "cogniforge_changes";

/** Wait before a lost connection is made again, at first and at most, in milliseconds. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

/** How often the connection is tried, and how long its answer may take, in milliseconds: one that was cut says nothing by itself. */
const PING_EVERY_MS = 15_000;
const PING_TIMEOUT_MS = 4_000;

export interface ListenOptions {
  url: string;
  /** Of our own connections: what they change is no news. */
  applicationName: string;
  /** By default 15 seconds. */
  pingEveryMs?: number;
}

/**
 * Hears of every change of keys that somebody else commits, on a connection of its own.
 *
 * While that connection is lost nothing is heard; once it is there again, something may have been missed, and counts as changed.
 */
export class ForeignChanges implements AsyncDisposable {
  readonly #options: ListenOptions;
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ping: NodeJS.Timeout | undefined;
  #waitMs = FIRST_WAIT_MS;
  #hasChanged = false;
  #isClosed = false;

  private constructor(options: ListenOptions) {
    this.#options = options;
  }

  /** Resolves once it hears. */
  static async listen(options: ListenOptions): Promise<ForeignChanges> {
    const changes = new ForeignChanges(options);
    await changes.#connect();
    return changes;
  }

  /** True once after each time that somebody else has changed something. */
  take(): boolean {
    const has = this.#hasChanged;
    this.#hasChanged = false;
    return has;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#ping);
    await this.#client?.end().catch(() => {});
  }

  async #connect(): Promise<void> {
    const { url, applicationName } = this.#options;
    const client = new pg.Client({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: PING_TIMEOUT_MS,
      keepAlive: true,
    });
    client.on("notification", ({ payload }) => {
      if (payload !== applicationName) this.#hasChanged = true;
    });
    // An error is followed by the end, which is what counts.
    client.on("error", () => {});
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      await client.end().catch(() => {});
      throw explainConnection(error);
    }
    client.once("end", () => this.#connectAgain());
    this.#client = client;
    this.#pingNext(client);
    if (this.#isClosed) await this[Symbol.asyncDispose]();
  }

  #pingNext(client: pg.Client): void {
    const { pingEveryMs = PING_EVERY_MS } = this.#options;
    const ping = async () => {
      try {
        await client.query("SELECT 1");
        if (this.#client === client && !this.#isClosed) this.#pingNext(client);
      } catch {
        await client.end();
      }
    };
    this.#ping = setTimeout(() => void ping(), pingEveryMs).unref();
  }

  #connectAgain(): void {
    clearTimeout(this.#ping);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#connect().then(
        () => {
          this.#waitMs = FIRST_WAIT_MS;
          this.#hasChanged = true;
        },
        () => {
          this.#waitMs = Math.min(2 * this.#waitMs, LONGEST_WAIT_MS);
          this.#connectAgain();
        },
      );
    }, this.#waitMs).unref();
  }
}
