import { CONTENDERS, type Contender } from "./contenders.ts";
import { Engines, type SharedStores } from "./engines/engines.ts";
import type { BenchRecord } from "./measure/record.ts";
import type { BenchOptions } from "./options.ts";
import { type LoadClient, startClient, startUpstream, type Upstream } from "./process/helpers.ts";
import { SERVERS } from "./servers/definitions.ts";
import type { RunningServer, ServerName } from "./servers/server.ts";
import { startServer } from "./servers/start.ts";

/** Core of the server under test, and of upstream and client, of a run that is pinned. */
const SERVER_CORE = 0;
const OTHER_CORE = 1;

/** What scenarios play on: upstream, client, the servers under test, and the records of what they did. */
export class Stage {
  readonly options: BenchOptions;
  readonly upstream: Upstream;
  readonly client: LoadClient;
  readonly records: BenchRecord[] = [];
  /** Servers that could not be made ready, and why. */
  readonly missing: ReadonlyMap<ServerName, string>;
  readonly #running = new Map<ServerName, RunningServer>();
  readonly #engines: Engines | undefined;

  private constructor(
    options: BenchOptions,
    upstream: Upstream,
    { missing, engines }: { missing: ReadonlyMap<ServerName, string>; engines: Engines | undefined },
  ) {
    this.options = options;
    this.upstream = upstream;
    this.#engines = engines;
    this.missing = missing;
    this.client = startClient(options.isPinned ? OTHER_CORE : undefined);
  }

  static async open(options: BenchOptions): Promise<Stage> {
    const missing = new Map<ServerName, string>();
    let engines: Engines | undefined;
    const startEngines = async () => {
      try {
        engines ??= await Engines.start();
        return undefined;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    };
    for (const name of options.servers) {
      if (name === "direct") continue;
      const { title, isShared, prepare } = SERVERS[name];
      const reason = isShared ? await startEngines() : await prepare?.();
      if (reason === undefined) continue;
      missing.set(name, reason);
      say(`Left out: ${title}, as ${reason}`);
    }
    return new Stage(options, await startUpstream(options.isPinned ? OTHER_CORE : undefined), { missing, engines });
  }

  /** The contenders that take part, of those that a scenario is for. */
  contenders(isFor: (contender: Contender) => boolean): Contender[] {
    return CONTENDERS.filter(({ server }) => this.takesPart(server)).filter(isFor);
  }

  takesPart(server: ServerName): boolean {
    return this.options.servers.includes(server) && !this.missing.has(server);
  }

  /** A server that all scenarios share, warm from those before. */
  async shared(name: ServerName): Promise<RunningServer> {
    const found = this.#running.get(name) ?? (await this.fresh(name));
    this.#running.set(name, found);
    return found;
  }

  /** A server that has just started; whoever asked for it stops it. */
  async fresh(name: ServerName, nodeArgs: readonly string[] = []): Promise<RunningServer> {
    if (name === "direct") return directServer(this.upstream.port);
    const stores = SERVERS[name].isShared ? await this.#engines?.make() : undefined;
    return this.#start(name, stores, nodeArgs);
  }

  /** Another server over the same stores; whoever asked for it stops it. */
  replica({ definition, stores }: RunningServer): Promise<RunningServer> {
    return this.#start(definition.name as Exclude<ServerName, "direct">, stores);
  }

  async #start(
    name: Exclude<ServerName, "direct">,
    stores: SharedStores | undefined,
    nodeArgs: readonly string[] = [],
  ): Promise<RunningServer> {
    const core = this.options.isPinned ? SERVER_CORE : undefined;
    const running = await startServer(SERVERS[name], { upstreamPort: this.upstream.port, core, nodeArgs, stores });
    const engines = this.#engines;
    if (engines === undefined || stores === undefined) return running;
    return {
      ...running,
      engineUsage: () => engines.usage(stores),
      kibPerAnswer: (ms) => engines.kibPerAnswer(stores, ms),
    };
  }

  /** Keeps a record and tells of it. */
  note(record: BenchRecord, line: string): void {
    this.records.push(record);
    const broken = Object.entries(record.broken).map(([fault, count]) => `${count} ${fault}`);
    const told = broken.length === 0 ? "" : `   BROKEN: ${broken.join(", ")}`;
    say(`  ${record.contender.padEnd(20)} ${line}${told}`);
  }

  async close(): Promise<void> {
    for (const server of this.#running.values()) await server.stop();
    await Promise.all([this.client.child.stop(), this.upstream.child.stop(), this.#engines?.stop()]);
  }
}

/** One line of progress. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function directServer(port: number): RunningServer {
  const definition = { name: "direct", title: "Direct", command: () => ({ args: [] }), healthPath: "/" } as const;
  return { definition, port, headers: "Authorization: Bearer none\r\n", startMs: 0, stop: async () => {} };
}
