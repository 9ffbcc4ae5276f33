import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Config, ConfigError, type ConfigProblem, loadConfig, resolveRoute } from "./mod.ts";

const KEY = "sk-or-v1-0123456789abcdef0123456789abcdefwxyz";
const OTHER_KEY = "sk-proj-ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cogniforge-config-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const write = (name: string, content: unknown) =>
  writeFile(join(directory, name), typeof content === "string" ? content : JSON.stringify(content));
const load = (environment: Record<string, string | undefined> = {}) => loadConfig({ environment, directory });

async function errorsOf(environment: Record<string, string | undefined> = {}): Promise<readonly ConfigProblem[]> {
  return (await refusalOf(environment)).errors;
}

async function refusalOf(environment: Record<string, string | undefined> = {}): Promise<ConfigError> {
  const error = await load(environment).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error("Expected a ConfigError", { cause: error });
  return error;
}

async function errorOfFile(
  content: unknown,
  environment: Record<string, string> = {},
): Promise<Record<string, string>> {
  await write("cogniforge.config.json", content);
  return Object.fromEntries((await errorsOf(environment)).map(({ path, message }) => [path, message.en]));
}

const chain = (config: Config) =>
  config.routes.default?.targets.map(({ provider, model }) => `${provider} ${model}`) ?? [];
const noticesOf = (config: Config) => config.notices.map(({ en }) => en).join("\n");

describe("loadConfig() without anything", () => {
  test("gives the documented defaults, no target, and hints in order of advice", async () => {
    const config = await load();
    expect(config).toMatchObject({
      host: "127.0.0.1",
      port: 4100,
      dataDirectory: join(directory, "data"),
      console: true,
      maxQuestionLength: 100_000,
      maxContextMessages: 10,
      maxResponseTokens: 32_000,
      isExtreme: false,
      isMockForced: false,
      providers: {},
      routes: {
        default: {
          name: "default",
          targets: [],
          timeouts: { connectMs: 10_000, firstTokenMs: 12_000, idleMs: 20_000, totalMs: 180_000 },
          maxRetries: 2,
          hedgeAfterMs: null,
          onCut: "continue",
        },
      },
      notices: [],
    });
    expect(config.hints.map(({ variable, state }) => `${variable} ${state}`)).toEqual([
      "OPENROUTER_API_KEY missing",
      "OPENAI_API_KEY missing",
      "ANTHROPIC_API_KEY missing",
      "GEMINI_API_KEY missing",
      "AI_SERVICE_URL missing",
      "LLM_BASE_URL missing",
      "ALLOW_MOCK_LLM missing",
    ]);
    for (const { effect } of config.hints) expect(effect.ar).toMatch(/[\u0600-\u06ff]/);
  });

  test("freezes the configuration through and through", async () => {
    const config = await load({ OPENROUTER_API_KEY: KEY });
    for (const part of [config, config.providers, config.providers.openrouter, config.routes.default?.targets[0]]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });
});

describe("loadConfig() with providers of the environment", () => {
  test("puts a single OpenRouter key into the default route, the model's name as it is", async () => {
    const config = await load({ OPENROUTER_API_KEY: KEY, DEFAULT_AI_MODEL: "anthropic/claude-sonnet-4.5:thinking" });
    expect(config.providers.openrouter).toMatchObject({
      dialect: "openai-chat",
      baseUrl: "https://openrouter.ai/api/v1",
      keyVariable: "OPENROUTER_API_KEY",
      isUsable: true,
      source: "environment",
    });
    expect(config.providers.openrouter?.apiKey?.reveal()).toBe(KEY);
    expect(chain(config)).toEqual(["openrouter anthropic/claude-sonnet-4.5:thinking"]);
    expect(config.hints).toEqual([]);
  });

  test("chains all of them in the documented order, each with a model's name of its own", async () => {
    const config = await load({
      GEMINI_API_KEY: KEY,
      ANTHROPIC_API_KEY: KEY,
      OPENAI_API_KEY: KEY,
      OPENROUTER_API_KEY: KEY,
      AI_SERVICE_URL: "https://gateway.test/v1",
      ALLOW_MOCK_LLM: "true",
    });
    expect(chain(config)).toEqual([
      "ai-service openai/gpt-4o-mini",
      "openrouter openai/gpt-4o-mini",
      "openai gpt-4o-mini",
      "anthropic claude-haiku-4-5",
      "gemini gemini-2.5-flash",
      "mock mock",
    ]);
    expect(Object.values(config.providers).map(({ baseUrl }) => baseUrl)).toEqual([
      "https://gateway.test/v1",
      "https://openrouter.ai/api/v1",
      "https://api.openai.com/v1",
      "https://api.anthropic.com/v1",
      "https://generativelanguage.googleapis.com/v1beta/openai",
      undefined,
    ]);
  });

  test.each([
    ["anthropic/claude-sonnet-4.5:thinking", ["gpt-4o-mini", "claude-sonnet-4-5", "gemini-2.5-flash"]],
    ["google/gemini-2.5-pro", ["gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro"]],
    ["gpt-4.1", ["gpt-4.1", "claude-haiku-4-5", "gemini-2.5-flash"]],
    ["claude-opus-4-1", ["gpt-4o-mini", "claude-opus-4-1", "gemini-2.5-flash"]],
    ["openai/o3", ["o3", "claude-haiku-4-5", "gemini-2.5-flash"]],
  ])("gives each vendor a model that it has, where the default model is %s", async (model, expected) => {
    const keys = { OPENAI_API_KEY: KEY, ANTHROPIC_API_KEY: KEY, GEMINI_API_KEY: KEY };
    const config = await load({ ...keys, DEFAULT_AI_MODEL: model });
    expect(config.routes.default?.targets.map((target) => target.model)).toEqual(expected);
  });

  test.each([
    ["https://gateway.test", "https://gateway.test/v1"],
    ["https://gateway.test/", "https://gateway.test/v1"],
    ["https://gateway.test/v1/", "https://gateway.test/v1"],
    ["https://gateway.test/api", "https://gateway.test/api/v1"],
    ["https://gateway.test/v1beta/openai", "https://gateway.test/v1beta/openai"],
    ["http://127.0.0.1:9000/team/v2", "http://127.0.0.1:9000/team/v2"],
  ])("completes AI_SERVICE_URL %s to %s", async (given, expected) => {
    const config = await load({ AI_SERVICE_URL: given, AI_SERVICE_KEY: "gateway-key" });
    expect(config.providers["ai-service"]?.baseUrl).toBe(expected);
    expect(config.providers["ai-service"]?.apiKey?.reveal()).toBe("gateway-key");
  });

  test("makes LLM_BASE_URL the provider 'openai', usable without a key", async () => {
    const config = await load({ LLM_BASE_URL: "http://127.0.0.1:11434/v1/", DEFAULT_AI_MODEL: "llama3.2:3b" });
    expect(config.providers.openai).toMatchObject({ baseUrl: "http://127.0.0.1:11434/v1", isUsable: true });
    expect(config.providers.openai).not.toHaveProperty("apiKey");
    expect(chain(config)).toEqual(["openai llama3.2:3b"]);
  });

  test("sends OPENAI_API_KEY to LLM_BASE_URL, before OpenRouter, with OpenAI's prefix taken off", async () => {
    const config = await load({
      LLM_BASE_URL: "http://127.0.0.1:8000",
      OPENAI_API_KEY: OTHER_KEY,
      OPENROUTER_API_KEY: KEY,
    });
    expect(config.providers.openai?.baseUrl).toBe("http://127.0.0.1:8000/v1");
    expect(config.providers.openai?.apiKey?.reveal()).toBe(OTHER_KEY);
    expect(chain(config)).toEqual(["openai gpt-4o-mini", "openrouter openai/gpt-4o-mini"]);
  });

  test("reports a placeholder once, counts it as not set, and puts its hint first", async () => {
    const config = await load({ GEMINI_API_KEY: "your-key-here", OPENROUTER_API_KEY: "" });
    expect(config.providers).toEqual({});
    expect(config.notices).toHaveLength(1);
    expect(noticesOf(config)).toContain("GEMINI_API_KEY");
    expect(config.hints[0]).toMatchObject({ variable: "GEMINI_API_KEY", state: "placeholder" });
  });

  test("counts every key, password and address of .env.example as not set", async () => {
    const template = await readFile(new URL("../../../../.env.example", import.meta.url), "utf8");
    await write(".env", template);
    expect((await load()).notices).toHaveLength(1);
    const secrets = /^# (?=(\w+_API_KEY|AI_SERVICE_\w+|ADMIN_EMAIL|ADMIN_PASSWORD)=)/gm;
    await write(".env", template.replaceAll(secrets, ""));
    const config = await load();
    expect(config.providers).toEqual({});
    expect(config.admin).toBeUndefined();
    expect(config.apiKey).toBeUndefined();
    expect(config.hints.slice(0, 5).map(({ state }) => state)).toEqual(Array(5).fill("placeholder"));
    expect(config.notices).toHaveLength(9);
  });

  test("tells a wrong key once, though the environment and the file both name it", async () => {
    const p = { dialect: "openai-chat", baseUrl: "https://p.test/v1", model: "m", apiKeyEnv: "OPENAI_API_KEY" };
    await write("cogniforge.config.json", { providers: { p } });
    expect(await errorsOf({ OPENAI_API_KEY: "مفتاح" })).toHaveLength(1);
  });

  test("leaves the mock as the only answer where LLM_FORCE_MOCK is set, on every route and by every name", async () => {
    await write("cogniforge.config.json", { routes: { fast: { targets: [{ provider: "openrouter" }] } } });
    for (const variable of ["LLM_FORCE_MOCK", "LLM_MOCK_MODE"]) {
      const config = await load({ OPENROUTER_API_KEY: KEY, [variable]: "1" });
      expect(config.isMockForced).toBe(true);
      for (const name of ["default", "fast", "openrouter/openai/gpt-4o"]) {
        expect(resolveRoute(config, name)?.targets, name).toEqual([{ provider: "mock", model: "mock" }]);
      }
    }
    expect((await load({ LLM_FORCE_MOCK: "0", LLM_MOCK_MODE: "1" })).isMockForced).toBe(false);
  });

  test("still says what to set where only the mock can answer", async () => {
    const config = await load({ ALLOW_MOCK_LLM: "yes" });
    expect(chain(config)).toEqual(["mock mock"]);
    expect(config.hints.map(({ variable }) => variable)).toContain("OPENROUTER_API_KEY");
    expect(config.hints.map(({ variable }) => variable)).not.toContain("ALLOW_MOCK_LLM");
  });
});

describe("loadConfig() with settings of the environment", () => {
  test("reads them all", async () => {
    const config = await load({
      HOST: "::1",
      PORT: " 8080 ",
      COGNIFORGE_DATA_DIR: "../elsewhere",
      COGNIFORGE_API_KEY: KEY,
      COGNIFORGE_CONSOLE: "off",
      ADMIN_EMAIL: "admin@house.test",
      ADMIN_PASSWORD: "correct horse",
      ADMIN_NAME: "هدى",
      ADMIN_AI_MAX_QUESTION_LENGTH: "5",
      ADMIN_AI_MAX_CONTEXT_MESSAGES: "0",
      ADMIN_AI_MAX_RESPONSE_TOKENS: "7",
      LLM_TIMEOUT_SECONDS: "5",
      LLM_MAX_RETRIES: "0",
    });
    expect(config).toMatchObject({
      host: "::1",
      port: 8080,
      dataDirectory: join(directory, "../elsewhere"),
      console: false,
      admin: { email: "admin@house.test", name: "هدى" },
      maxQuestionLength: 5,
      maxContextMessages: 0,
      maxResponseTokens: 7,
    });
    expect(config.apiKey?.reveal()).toBe(KEY);
    expect(config.admin?.password.reveal()).toBe("correct horse");
    expect(config.routes.default).toMatchObject({
      timeouts: { connectMs: 5000, firstTokenMs: 5000, idleMs: 5000, totalMs: 5000 },
      maxRetries: 0,
    });
  });

  test("raises limits and retries in extreme mode, unless they are set", async () => {
    const extreme = await load({ LLM_EXTREME_COMPLEXITY_MODE: "1" });
    expect(extreme).toMatchObject({ isExtreme: true, maxResponseTokens: 64_000 });
    expect(extreme.routes.default).toMatchObject({
      timeouts: { connectMs: 10_000, firstTokenMs: 60_000, idleMs: 60_000, totalMs: 600_000 },
      maxRetries: 8,
    });
    const set = await load({ LLM_EXTREME_COMPLEXITY_MODE: "1", LLM_TIMEOUT_SECONDS: "300", LLM_MAX_RETRIES: "1" });
    expect(set.routes.default).toMatchObject({ timeouts: { totalMs: 300_000 }, maxRetries: 1 });
  });

  test.each(["true", "1", "YES", "On"])("reads %s as true", async (value) => {
    expect((await load({ LLM_EXTREME_COMPLEXITY_MODE: value })).isExtreme).toBe(true);
  });

  test.each(["false", "0", "No", "OFF", "", "  "])("reads '%s' as false", async (value) => {
    expect((await load({ LLM_EXTREME_COMPLEXITY_MODE: value })).isExtreme).toBe(false);
  });

  test("names every wrong variable at once", async () => {
    const errors = await errorsOf({
      HOST: "http://here",
      PORT: "70000",
      ALLOW_MOCK_LLM: "maybe",
      LLM_FORCE_MOCK: "2",
      LLM_TIMEOUT_SECONDS: "0",
      LLM_MAX_RETRIES: "-1",
      ADMIN_AI_MAX_QUESTION_LENGTH: "1e5",
      ADMIN_EMAIL: "nobody",
      ADMIN_PASSWORD: "short",
      LLM_BASE_URL: "ftp://files.test",
      AI_SERVICE_URL: "gateway",
      OPENAI_API_KEY: "sk-with a space",
      COGNIFORGE_CONFIG: "missing.json",
    });
    expect(errors.map(({ path }) => path).sort()).toEqual([
      "ADMIN_AI_MAX_QUESTION_LENGTH",
      "ADMIN_EMAIL",
      "ADMIN_PASSWORD",
      "AI_SERVICE_URL",
      "ALLOW_MOCK_LLM",
      "COGNIFORGE_CONFIG",
      "HOST",
      "LLM_BASE_URL",
      "LLM_FORCE_MOCK",
      "LLM_MAX_RETRIES",
      "LLM_TIMEOUT_SECONDS",
      "OPENAI_API_KEY",
      "PORT",
    ]);
    for (const { message } of errors) expect(message.ar).toMatch(/[\u0600-\u06ff]/);
  });

  test("creates no administrator from half of what is needed, and says so", async () => {
    const config = await load({ ADMIN_EMAIL: "admin@house.test", ADMIN_PASSWORD: "changeme" });
    expect(config.admin).toBeUndefined();
    expect(noticesOf(config)).toContain("ADMIN_EMAIL and ADMIN_PASSWORD must both be set");
  });

  test("tells of variables that somebody may rely on and that do nothing", async () => {
    const config = await load({
      LLM_ULTIMATE_COMPLEXITY_MODE: "1",
      LLM_FORCE_MODEL: "x",
      LLM_SANITIZE_OUTPUT: "0",
      SECRET_KEY: "s",
      AI_SERVICE_URL: "http://127.0.0.1:1",
    });
    expect(noticesOf(config)).toContain("LLM_ULTIMATE_COMPLEXITY_MODE is ignored");
    expect(noticesOf(config)).toContain("LLM_FORCE_MODEL is ignored: set DEFAULT_AI_MODEL");
    expect(noticesOf(config)).toContain("SECRET_KEY is ignored");
    expect(noticesOf(config)).not.toContain("LLM_SANITIZE_OUTPUT");
  });
});

describe("loadConfig() with .env", () => {
  test("reads it, and lets the real environment win, even with nothing", async () => {
    await write(".env", `\uFEFFPORT=5000\nHOST="localhost" # here\nexport OPENAI_API_KEY='${KEY}'\n`);
    const config = await load({ PORT: "6000", HOST: undefined });
    expect(config).toMatchObject({ port: 6000, host: "localhost" });
    expect(chain(config)).toEqual(["openai gpt-4o-mini"]);
    expect(chain(await load({ OPENAI_API_KEY: "" }))).toEqual([]);
  });

  test("refuses one that is not UTF-8", async () => {
    await writeFile(join(directory, ".env"), Buffer.from("\uFEFFPORT=1", "utf16le"));
    expect(await errorsOf()).toMatchObject([{ path: ".env" }]);
  });
});

describe("loadConfig() with a file", () => {
  const example = {
    $schema: "./apps/server/cogniforge.schema.json",
    providers: { primary: { dialect: "openai-chat", baseUrl: "http://127.0.0.1:9100/v1", apiKeyEnv: "PRIMARY_KEY" } },
    routes: {
      default: {
        targets: [{ provider: "primary", model: "gpt-4o-mini" }],
        timeouts: { connectMs: 1, firstTokenMs: 2, idleMs: 3, totalMs: 4 },
        maxRetries: 5,
        hedgeAfterMs: 4,
        onCut: "fail",
      },
    },
  };

  test("takes providers and routes from JSON as they are written", async () => {
    await write("cogniforge.config.json", example);
    const config = await load({ PRIMARY_KEY: KEY, OPENROUTER_API_KEY: OTHER_KEY });
    expect(config.file).toBe(join(directory, "cogniforge.config.json"));
    expect(config.providers.primary).toMatchObject({ isUsable: true, source: "file", keyVariable: "PRIMARY_KEY" });
    expect(config.providers.primary?.apiKey?.reveal()).toBe(KEY);
    expect(config.routes.default).toEqual({ name: "default", ...example.routes.default });
    expect(resolveRoute(config, "openrouter/openai/gpt-4o")?.targets).toEqual([
      { provider: "openrouter", model: "openai/gpt-4o" },
    ]);
  });

  test("keeps a provider whose variable is not set, unusable, with a notice and a hint", async () => {
    await write("cogniforge.config.json", example);
    const config = await load({ PRIMARY_KEY: "<your key>" });
    expect(config.providers.primary?.isUsable).toBe(false);
    expect(noticesOf(config)).toContain("'primary' is not used, as its variable PRIMARY_KEY is not set");
    expect(config.hints.map(({ variable, state }) => `${variable} ${state}`)).toEqual([
      "PRIMARY_KEY placeholder",
      "ALLOW_MOCK_LLM missing",
    ]);
  });

  test("appends the mock to the default route of the file, once", async () => {
    await write("cogniforge.config.json", example);
    expect(chain(await load({ ALLOW_MOCK_LLM: "1" }))).toEqual(["primary gpt-4o-mini", "mock mock"]);
    await write("cogniforge.config.json", {
      providers: { mock: { dialect: "mock", text: "trial", paceMs: 0 } },
      routes: { default: { targets: [{ provider: "mock" }] } },
    });
    const config = await load({ ALLOW_MOCK_LLM: "1" });
    expect(chain(config)).toEqual(["mock mock"]);
    expect(config.providers.mock).toMatchObject({ text: "trial", paceMs: 0, source: "file" });
  });

  test("makes a default route of the file's providers, then the environment's", async () => {
    await write("cogniforge.config.json", {
      providers: {
        second: { dialect: "openai-chat", baseUrl: "https://second.test/v1", model: "two" },
        first: { dialect: "openai-chat", baseUrl: "https://first.test/v1" },
        openai: { dialect: "openai-chat", baseUrl: "https://proxy.test/v1", apiKey: OTHER_KEY, model: "mine" },
      },
    });
    const config = await load({ OPENROUTER_API_KEY: KEY, OPENAI_API_KEY: KEY, DEFAULT_AI_MODEL: "vendor/m" });
    expect(chain(config)).toEqual(["second two", "first vendor/m", "openai mine", "openrouter vendor/m"]);
    expect(config.providers.openai).toMatchObject({ baseUrl: "https://proxy.test/v1", source: "file" });
    expect(config.providers.openai?.apiKey?.reveal()).toBe(OTHER_KEY);
  });

  test("asks for a model where a default route cannot be made without one", async () => {
    const file = { providers: { local: { dialect: "openai-chat", baseUrl: "http://127.0.0.1:1/v1" } } };
    expect(await errorOfFile(file)).toEqual({ "providers.local.model": expect.stringContaining("DEFAULT_AI_MODEL") });
    expect(chain(await load({ DEFAULT_AI_MODEL: "m" }))).toEqual(["local m"]);
  });

  test("lists a provider of the environment that a route names and that is not set up", async () => {
    await write("cogniforge.config.json", { routes: { default: { targets: [{ provider: "gemini" }] } } });
    const config = await load();
    expect(config.providers.gemini).toMatchObject({ isUsable: false, source: "environment" });
    expect(config.hints[0]?.variable).toBe("GEMINI_API_KEY");
    expect(noticesOf(config)).toContain("GEMINI_API_KEY is not set");
  });

  test("does not hedge in extreme mode", async () => {
    await write("cogniforge.config.json", example);
    const config = await load({ LLM_EXTREME_COMPLEXITY_MODE: "on", PRIMARY_KEY: KEY });
    expect(config.routes.default?.hedgeAfterMs).toBeNull();
    expect(noticesOf(config)).toContain("does not hedge");
  });

  test("reads a script of either kind, and the one that COGNIFORGE_CONFIG names", async () => {
    const script = (port: number, type = "") =>
      `const url${type} = "http://127.0.0.1:${port}/v1";
       export default { providers: { local: { dialect: "openai-chat", baseUrl: url, model: "m" } } };`;
    await write("package.json", { type: "module" });
    await write("cogniforge.config.js", script(1));
    expect((await load()).providers.local?.baseUrl).toBe("http://127.0.0.1:1/v1");
    await write("cogniforge.config.ts", script(2, ": string"));
    const both = await load();
    expect(both.providers.local?.baseUrl).toBe("http://127.0.0.1:2/v1");
    expect(noticesOf(both)).toContain("cogniforge.config.js beside it is not");
    await write("other.json", { providers: { named: { dialect: "mock" } } });
    expect(Object.keys((await load({ COGNIFORGE_CONFIG: "./other.json" })).providers)).toEqual(["named"]);
    expect(await errorsOf({ COGNIFORGE_CONFIG: "other.yaml" })).toMatchObject([{ path: "COGNIFORGE_CONFIG" }]);
  });

  test("reads a changed script anew", async () => {
    await write("cogniforge.config.ts", `export default { providers: { a: { dialect: "mock" } } };`);
    expect(Object.keys((await load()).providers)).toEqual(["a"]);
    await write("cogniforge.config.ts", `export default { providers: { b: { dialect: "mock" } } };`);
    expect(Object.keys((await load()).providers)).toEqual(["b"]);
  });

  test("tells every error of a file at once, each with its path, together with the environment's", async () => {
    const errors = await errorOfFile(
      {
        provders: {},
        providers: {
          "A b": { dialect: "openai-chat", baseUrl: "ftp://x" },
          later: { dialect: "gemini", baseUrl: "https://x.test" },
          none: {},
          number: 3,
          local: {
            dialect: "openai-chat",
            base_url: "x",
            apiKey: "a b",
            apiKeyEnv: "not-a-name",
            headers: { "a b": "c" },
          },
          mock: { dialect: "openai-chat", baseUrl: "http://127.0.0.1/v1", model: "m" },
          quiet: { dialect: "mock", paceMs: -1, tekst: "x" },
        },
        routes: {
          default: {
            targets: [{ provider: "lokal", model: "m" }, { provider: "local" }, { provider: "local", modle: "m" }],
            timeouts: { idleMs: 0, firstTokenMs: 500_000, connectMs: 1.5, total: 1 },
            maxRetries: "2",
            hedgeAfterMs: 1_000_000,
            onCut: "stop",
          },
          empty: { targets: [] },
          "a/b": { targets: [{ provider: "local", model: "m" }] },
        },
      },
      { PORT: "x" },
    );
    expect(Object.keys(errors).sort()).toEqual(
      [
        "PORT",
        "provders",
        "providers.A b",
        "providers.A b.baseUrl",
        "providers.later.dialect",
        "providers.none.dialect",
        "providers.number",
        "providers.local.baseUrl",
        "providers.local.base_url",
        "providers.local.apiKey",
        "providers.local.apiKeyEnv",
        "providers.local.headers.a b",
        "providers.mock.dialect",
        "providers.quiet.paceMs",
        "providers.quiet.tekst",
        "routes.default.targets[0].provider",
        "routes.default.targets[1].model",
        "routes.default.targets[2].model",
        "routes.default.targets[2].modle",
        "routes.default.timeouts.idleMs",
        "routes.default.timeouts.firstTokenMs",
        "routes.default.timeouts.connectMs",
        "routes.default.timeouts.total",
        "routes.default.maxRetries",
        "routes.default.hedgeAfterMs",
        "routes.default.onCut",
        "routes.empty.targets",
        "routes.a/b",
      ].sort(),
    );
    expect(errors.provders).toBe("Expected a known field, found 'provders': did you mean 'providers'?");
    expect(errors["providers.local.base_url"]).toContain("did you mean 'baseUrl'?");
    expect(errors["providers.quiet.tekst"]).toContain("did you mean 'text'?");
    expect(errors["providers.later.dialect"]).toContain("('openai-chat' or 'mock'), found 'gemini'");
    expect(errors["routes.default.targets[0].provider"]).toContain("did you mean 'local'?");
    expect(errors["routes.default.timeouts.total"]).toContain("did you mean 'totalMs'?");
  });

  test.each([
    ["file:///etc/passwd", "file:"],
    ["http://user:secret-word@host.test/v1", "user name"],
    ["http://169.254.169.254/v1", "metadata"],
    ["http://2852039166/v1", "metadata"],
    ["http://[fd00:ec2::254]/v1", "metadata"],
    ["http://[::ffff:169.254.169.254]/v1", "metadata"],
    ["http://[fe80::1]/v1", "link-local"],
    ["http://metadata.google.internal./v1", "metadata"],
    ["https://host.test/v1?key=secret-word", "'?'"],
    ["nonsense", "none"],
  ])("refuses the base URL %s", async (baseUrl, reason) => {
    const errors = await errorOfFile({ providers: { p: { dialect: "openai-chat", baseUrl, model: "m" } } });
    expect(errors).toEqual({ "providers.p.baseUrl": expect.stringContaining(reason) });
    expect(errors["providers.p.baseUrl"]).not.toContain("secret-word");
    expect(await errorsOf({ LLM_BASE_URL: baseUrl })).toContainEqual(expect.objectContaining({ path: "LLM_BASE_URL" }));
  });

  test.each([
    ["cogniforge.config.json", `{ "providers": {\n  "a": { "apiKey": ${KEY} } } }`, "line 2, column 20"],
    ["cogniforge.config.json", "", "line 1, column 1"],
    ["cogniforge.config.json", "[]", "Expected an object, found a list"],
    ["cogniforge.config.ts", `throw new Error("no ${KEY}")`, "Error: no …"],
    ["cogniforge.config.ts", `export const config = {}`, "no default export"],
  ])("says what is wrong with a %s that says %j, without a key in it", async (name, content, message) => {
    await write(name, content);
    const refusal = await refusalOf();
    expect(refusal.errors).toHaveLength(1);
    expect(refusal.errors[0]?.path).toBe(name);
    expect(refusal.errors[0]?.message.en).toContain(message);
    expect(`${refusal.format()}${inspect(refusal)}`).not.toContain(KEY);
  });
});

describe("secrets", () => {
  const password = "a-password-that-is-rather-long-enough-to-be-masked";
  const secrets = [KEY, OTHER_KEY, password, "header-secret-value-0123456789"];

  test("stay out of JSON, inspection and templates of a configuration", async () => {
    await write("cogniforge.config.json", {
      providers: {
        inline: {
          dialect: "openai-chat",
          baseUrl: "https://inline.test/v1",
          apiKey: OTHER_KEY,
          model: "m",
          headers: { "x-key": "header-secret-value-0123456789" },
        },
      },
    });
    const admin = { ADMIN_EMAIL: "a@house.test", ADMIN_PASSWORD: password };
    const config = await load({ OPENROUTER_API_KEY: KEY, COGNIFORGE_API_KEY: KEY, ...admin });
    const provider = config.providers.inline;
    const shown = [
      JSON.stringify(config),
      inspect(config, { depth: 20, showHidden: true }),
      `${provider?.apiKey}`,
      String(config.admin?.password),
    ].join("\n");
    for (const secret of secrets) expect(shown).not.toContain(secret);
    expect(shown).toContain("sk-or-v…wxyz");
    expect(shown).not.toContain(password.slice(-4));
    expect(new Headers(provider?.headers).get("x-key")).toBe("header-secret-value-0123456789");
    expect({ ...provider?.headers }).toEqual({ "x-key": "header-secret-value-0123456789" });
  });

  test("stay out of errors, wherever a key was put by mistake", async () => {
    await write("cogniforge.config.json", {
      providers: {
        p: { dialect: KEY, baseUrl: KEY, apiKeyEnv: KEY, apiKey: `${KEY} ${KEY}`, headers: { x: `${KEY}\n` } },
        q: { dialect: "openai-chat", baseUrl: `https://${KEY}@host.test/v1`, apiKeyEnv: KEY, apiKey: `${KEY}\n${KEY}` },
      },
      routes: { default: { targets: [{ provider: KEY, model: 1 }], onCut: KEY, maxRetries: KEY } },
    });
    const wrong = Object.fromEntries(
      ["HOST", "PORT", "LLM_BASE_URL", "AI_SERVICE_URL", "ALLOW_MOCK_LLM", "COGNIFORGE_CONSOLE"].map((name) => [
        name,
        `${KEY} `,
      ]),
    );
    const refusal = await refusalOf({ ...wrong, OPENAI_API_KEY: `${KEY} é`, ADMIN_PASSWORD: "x".repeat(200) });
    expect(refusal.errors.length).toBeGreaterThan(10);
    expect(`${refusal.message}${refusal.format()}${inspect(refusal)}${JSON.stringify(refusal)}`).not.toContain(KEY);
  });
});
