import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./_redis.ts";

const FOLDER = fileURLToPath(new URL("../../../deploy/proxies/", import.meta.url));

/** How long a proxy may take until it listens, in milliseconds. */
const START_MS = 10_000;

/** A proxy that runs from its file in `deploy/proxies`; `await using` stops it. */
export interface TestProxy extends AsyncDisposable {
  /** Without a slash at the end. */
  url: string;
}

/** One of the proxies for which `deploy/proxies` has a file. */
export interface ProxyKind {
  name: string;
  /** Its program; `undefined` if this machine has none. */
  binary: string | undefined;
  /** @param upstreams URLs of two servers. */
  start(upstreams: readonly [string, string]): Promise<TestProxy>;
}

function findBinary(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

const hostOf = (url: string) => new URL(url).host;

const nginx: ProxyKind = {
  name: "nginx",
  binary: findBinary("nginx"),
  async start(upstreams) {
    const directory = await mkdtemp(join(tmpdir(), "cogniforge-nginx-"));
    const port = await freePort();
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${join(directory, name)};`,
    );
    let text = await readFile(join(FOLDER, "nginx.conf"), "utf8");
    // The addresses, and folders that whoever runs the tests may write: all else is as it stands.
    const substitutions: [string, string][] = [
      ["server cogniforge-1:4100 ", `server ${hostOf(upstreams[0])} `],
      ["server cogniforge-2:4100 ", `server ${hostOf(upstreams[1])} `],
      ["    listen 80;", `    listen 127.0.0.1:${port};`],
      ["access_log /dev/stdout ", `access_log ${join(directory, "access.log")} `],
      ["http {\n", `http {\n${temporary.join("\n")}\n`],
    ];
    for (const [from, to] of substitutions) {
      if (text.split(from).length !== 2) throw new Error(`Expected '${from}' once in nginx.conf`);
      text = text.replace(from, to);
    }
    const file = join(directory, "nginx.conf");
    await writeFile(file, text);
    const settings = `daemon off; pid ${join(directory, "pid")};`;
    return run({ name: "nginx", directory, port, args: ["-p", directory, "-c", file, "-g", settings] });
  },
};

const caddy: ProxyKind = {
  name: "Caddy",
  binary: findBinary("caddy"),
  async start(upstreams) {
    const directory = await mkdtemp(join(tmpdir(), "cogniforge-caddy-"));
    const port = await freePort();
    const environment = {
      SITE_ADDRESS: `:${port}`,
      UPSTREAMS: upstreams.map(hostOf).join(" "),
      CADDY_ADMIN: `unix/${join(directory, "admin")}`,
      HOME: directory,
      XDG_DATA_HOME: directory,
      XDG_CONFIG_HOME: directory,
    };
    const args = ["run", "--adapter", "caddyfile", "--config", join(FOLDER, "Caddyfile")];
    return run({ name: "caddy", directory, port, args, environment });
  },
};

export const PROXIES: readonly ProxyKind[] = [nginx, caddy];

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

interface RunOptions {
  name: string;
  directory: string;
  port: number;
  args: string[];
  environment?: Record<string, string>;
}

async function run({ name, directory, port, args, environment = {} }: RunOptions): Promise<TestProxy> {
  await mkdir(join(directory, "logs"));
  const path = join(directory, "said");
  const said = await open(path, "w");
  const child = spawn(findBinary(name) ?? name, args, {
    env: { PATH: process.env.PATH ?? "", ...environment },
    stdio: ["ignore", said.fd, said.fd],
  });
  running.add(child);
  const exited = once(child, "exit");
  const stop = async () => {
    // nginx's master ends its workers with this one; SIGKILL would leave them behind.
    child.kill("SIGTERM");
    await exited;
    running.delete(child);
    await said.close();
    await rm(directory, { recursive: true, force: true });
  };
  const deadline = performance.now() + START_MS;
  while (!(await isListening(port))) {
    if (child.exitCode === null && performance.now() < deadline) continue;
    const words = await readFile(path, "utf8");
    await stop();
    throw new Error(`Expected ${name} to listen, and it said: ${words}`);
  }
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop };
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("error", () => setTimeout(resolve, 20, false));
  });
  socket.destroy();
  return isOpen;
}
