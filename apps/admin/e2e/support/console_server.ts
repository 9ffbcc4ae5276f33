import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../../server/src/main.mjs", import.meta.url));

/** The account that `environment.ADMIN_EMAIL` and the tests use. */
export const ADMIN = { email: "admin@example.com", password: "correct horse battery", name: "المدير" };

/** Environment in which the first administrator exists from the start. */
export const WITH_ADMIN = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, ADMIN_NAME: ADMIN.name };

export interface ConsoleServerOptions {
  environment?: Record<string, string>;
  /** Contents of the configuration file. */
  config?: unknown;
}

/** The real server with the built console, in a folder of its own. */
export class ConsoleServer implements AsyncDisposable {
  readonly url: string;
  /** The one-time code for the first administrator, if there is none yet. */
  readonly code: string | undefined;
  #process: ChildProcess;
  readonly #directory: string;
  readonly #environment: Record<string, string>;

  private constructor(
    { url, code }: { url: string; code: string | undefined },
    process: ChildProcess,
    directory: string,
    environment: Record<string, string>,
  ) {
    this.url = url;
    this.code = code;
    this.#process = process;
    this.#directory = directory;
    this.#environment = environment;
  }

  static async start({ environment = {}, config }: ConsoleServerOptions = {}): Promise<ConsoleServer> {
    const directory = await mkdtemp(join(tmpdir(), "cogniforge-e2e-"));
    const env: Record<string, string> = {
      PATH: process.env.PATH ?? "",
      HOME: directory,
      PORT: "0",
      COGNIFORGE_DATA_DIR: join(directory, "data"),
      ...environment,
    };
    if (config !== undefined) {
      env.COGNIFORGE_CONFIG = join(directory, "cogniforge.config.json");
      await writeFile(env.COGNIFORGE_CONFIG, JSON.stringify(config));
    }
    const child = spawnServer(directory, env);
    return new ConsoleServer(await readWelcome(child), child, directory, env);
  }

  /** Ends the process as `kill -9` does: it can say nothing and write nothing any more. */
  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exit;
  }

  /** Starts it again after a `kill()`, on the same port and with the same data. */
  async restart(): Promise<void> {
    this.#process = spawnServer(this.#directory, { ...this.#environment, PORT: new URL(this.url).port });
    await readWelcome(this.#process);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

function spawnServer(directory: string, env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [MAIN], { cwd: directory, env, stdio: ["ignore", "pipe", "pipe"] });
}

/** Reads what the server prints until it has said where it listens, and the code where it prints one. */
async function readWelcome(child: ChildProcess): Promise<{ url: string; code: string | undefined }> {
  let output = "";
  const onText = (text: Buffer) => {
    output += text.toString();
  };
  child.stderr?.on("data", onText);
  if (child.stdout === null) throw new TypeError("Cannot read the server's welcome as its output is not piped");
  for await (const text of child.stdout) {
    onText(text);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
    // The welcome is one write: when the address is there, the code is too.
    if (url !== undefined && output.endsWith("\n")) {
      child.stdout.on("data", onText);
      child.stdout.resume();
      return { url, code: /\b[A-Z0-9]{4}-[A-Z0-9]{4}\b/.exec(output)?.[0] };
    }
  }
  throw new Error(`The server did not start:\n${output}`);
}
