import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "../src/app/mod.ts";
import { startApp } from "../src/app/mod.ts";
import type { ConfigFile } from "../src/config/file_schema.ts";
import { createLogger } from "../src/log.ts";

/** The key of programs in every test server. */
export const KEY = "cf-test-0123456789abcdef";

/** The administrator of servers that are started with `hasAdministrator`. */
export const ADMINISTRATOR = { email: "admin@example.com", password: "correct horse battery" };

export interface TestServerOptions {
  /** Beside the key, the data folder and port 0; wins over them. */
  environment?: Record<string, string>;
  /** Content of `cogniforge.config.json`. */
  config?: ConfigFile;
  /** An administrator whom `signIn()` can sign in; hashing the password takes a moment. */
  hasAdministrator?: boolean;
  /** A folder to go on in, kept at the end; absent: a new one, removed at the end. */
  directory?: string;
}

/** The whole program in this process, on a port of its own, over real files. */
export interface TestServer extends AsyncDisposable {
  app: App;
  /** Without a slash at the end. */
  url: string;
  /** Holds `cogniforge.config.json` and `data/`. */
  directory: string;
  /** What was logged as an error. */
  errors: readonly string[];
  /** Every line that was logged, as it was written. */
  lines: readonly string[];
  /** Calls a path with the key; a header of `init` wins. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** `fetch()` with a JSON body. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Signs the administrator in and returns the cookie: another owner than the key. */
  signIn(): Promise<string>;
}

/** The smallest configuration with an upstream: one provider, whose model is the only target, asked once. */
export function oneProvider(upstreamUrl: string): ConfigFile {
  return {
    providers: { one: { dialect: "openai-chat", baseUrl: `${upstreamUrl}/v1`, model: "model-1" } },
    routes: { default: { targets: [{ provider: "one" }], maxRetries: 0 } },
  };
}

/** Pino's number for it. */
const ERROR_LEVEL = 50;

/** Starts a server; dispose of it with `await using`. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "cogniforge-server-")));
  if (options.config !== undefined) {
    await writeFile(join(directory, "cogniforge.config.json"), JSON.stringify(options.config));
  }
  const errors: string[] = [];
  const lines: string[] = [];
  const log = createLogger("info", {
    write(line) {
      lines.push(line);
      if (JSON.parse(line).level >= ERROR_LEVEL) errors.push(line);
    },
  });
  const { email, password } = ADMINISTRATOR;
  const environment = {
    PORT: "0",
    COGNIFORGE_API_KEY: KEY,
    COGNIFORGE_CONSOLE: "false",
    ...(options.hasAdministrator && { ADMIN_EMAIL: email, ADMIN_PASSWORD: password }),
    ...options.environment,
  };
  const tidy = async () => {
    if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
  };
  const app = await startApp({ environment, directory, log }).catch(async (error: unknown) => {
    await tidy();
    throw error;
  });

  const call = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    // A cookie is another way to sign in, and a key that stands beside it would win.
    if (!headers.has("authorization") && !headers.has("cookie")) headers.set("authorization", `Bearer ${KEY}`);
    return fetch(`${app.url}${path}`, { ...init, headers });
  };
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    call(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  return {
    app,
    url: app.url,
    directory,
    errors,
    lines,
    fetch: call,
    post,
    async signIn() {
      const response = await post("/api/auth/sign-in/email", ADMINISTRATOR, { origin: app.url });
      if (!response.ok) throw new Error(`Signing in was answered with ${response.status}: ${await response.text()}`);
      return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    },
    async [Symbol.asyncDispose]() {
      await app.close(0);
      await tidy();
    },
  };
}
