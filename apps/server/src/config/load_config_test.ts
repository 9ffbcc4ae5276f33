import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConfigFolder, chain, KEY, noticesOf, OTHER_KEY } from "./_config_folder.ts";
import { resolveRoute } from "./mod.ts";

const folder = new ConfigFolder();

describe("loadConfig() without anything", () => {
  test("gives the documented defaults, no target, and hints in order of advice", async () => {
    const config = await folder.load();
    expect(config).toMatchObject({
      host: "127.0.0.1",
      port: 4100,
      dataDirectory: join(folder.path, "data"),
      console: true,
      maxQuestionLength: 100_000,
      maxContextMessages: 10,
      maxResponseTokens: 32_000,
      isExtreme: false,
      isMockAllowed: false,
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
    const config = await folder.load({ OPENROUTER_API_KEY: KEY });
    for (const part of [config, config.providers, config.providers.openrouter, config.routes.default?.targets[0]]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });
});

describe("loadConfig() with providers of the environment", () => {
  test("puts a single OpenRouter key into the default route, the model's name as it is", async () => {
    const config = await folder.load({
      OPENROUTER_API_KEY: KEY,
      DEFAULT_AI_MODEL: "anthropic/claude-sonnet-4.5:thinking",
    });
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
    const config = await folder.load({
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
      "https://generativelanguage.googleapis.com/v1beta",
      undefined,
    ]);
    expect(Object.values(config.providers).map(({ dialect }) => dialect)).toEqual([
      "openai-chat",
      "openai-chat",
      "openai-chat",
      "anthropic-messages",
      "gemini",
      "mock",
    ]);
  });

  test("adds every other known provider whose key is set, to the default route where a model of it is known", async () => {
    const config = await folder.load({
      XAI_API_KEY: KEY,
      GROQ_API_KEY: OTHER_KEY,
      MISTRAL_API_KEY: KEY,
      GEMINI_API_KEY: KEY,
      TOGETHER_API_KEY: "your-key-here",
      GITHUB_TOKEN: KEY,
      DEFAULT_AI_MODEL: "mistralai/mistral-large-latest",
    });
    expect(chain(config)).toEqual([
      "gemini gemini-2.5-flash",
      "mistral mistral-large-latest",
      "groq openai/gpt-oss-120b",
    ]);
    expect(Object.keys(config.providers)).toEqual(["gemini", "mistral", "xai", "groq"]);
    expect(config.providers.groq).toMatchObject({
      dialect: "openai-chat",
      baseUrl: "https://api.groq.com/openai/v1",
      preset: "groq",
      keyVariable: "GROQ_API_KEY",
      isUsable: true,
    });
    expect(config.providers.groq?.apiKey?.reveal()).toBe(OTHER_KEY);
    expect(resolveRoute(config, "xai/grok-4")?.targets).toEqual([{ provider: "xai", model: "grok-4" }]);
    expect(noticesOf(config)).toContain("TOGETHER_API_KEY still holds a placeholder");
  });

  test("finds an Azure resource by AZURE_OPENAI_ENDPOINT, and says so where only its key is set", async () => {
    const config = await folder.load({
      AZURE_OPENAI_API_KEY: KEY,
      AZURE_OPENAI_ENDPOINT: "https://my-resource.openai.azure.com/",
    });
    expect(config.providers.azure?.baseUrl).toBe("https://my-resource.openai.azure.com/openai/v1");
    expect(chain(config)).toEqual([]);
    expect(resolveRoute(config, "azure/my-deployment")?.targets).toHaveLength(1);
    const alone = await folder.load({ AZURE_OPENAI_API_KEY: KEY });
    expect(alone.providers).toEqual({});
    expect(noticesOf(alone)).toContain("set AZURE_OPENAI_ENDPOINT");
    expect(
      await folder.errors({ AZURE_OPENAI_API_KEY: KEY, AZURE_OPENAI_ENDPOINT: "http://169.254.169.254/" }),
    ).toMatchObject([{ path: "AZURE_OPENAI_ENDPOINT" }]);
  });

  test.each([
    ["anthropic/claude-sonnet-4.5:thinking", ["gpt-4o-mini", "claude-sonnet-4-5", "gemini-2.5-flash"]],
    ["google/gemini-2.5-pro", ["gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro"]],
    ["gpt-4.1", ["gpt-4.1", "claude-haiku-4-5", "gemini-2.5-flash"]],
    ["claude-opus-4-1", ["gpt-4o-mini", "claude-opus-4-1", "gemini-2.5-flash"]],
    ["openai/o3", ["o3", "claude-haiku-4-5", "gemini-2.5-flash"]],
  ])("gives each vendor a model that it has, where the default model is %s", async (model, expected) => {
    const keys = { OPENAI_API_KEY: KEY, ANTHROPIC_API_KEY: KEY, GEMINI_API_KEY: KEY };
    const config = await folder.load({ ...keys, DEFAULT_AI_MODEL: model });
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
    const config = await folder.load({ AI_SERVICE_URL: given, AI_SERVICE_KEY: "gateway-key" });
    expect(config.providers["ai-service"]?.baseUrl).toBe(expected);
    expect(config.providers["ai-service"]?.apiKey?.reveal()).toBe("gateway-key");
  });

  test("makes LLM_BASE_URL the provider 'openai', usable without a key", async () => {
    const config = await folder.load({ LLM_BASE_URL: "http://127.0.0.1:11434/v1/", DEFAULT_AI_MODEL: "llama3.2:3b" });
    expect(config.providers.openai).toMatchObject({ baseUrl: "http://127.0.0.1:11434/v1", isUsable: true });
    expect(config.providers.openai).not.toHaveProperty("apiKey");
    expect(chain(config)).toEqual(["openai llama3.2:3b"]);
  });

  test("sends OPENAI_API_KEY to LLM_BASE_URL, before OpenRouter, with OpenAI's prefix taken off", async () => {
    const config = await folder.load({
      LLM_BASE_URL: "http://127.0.0.1:8000",
      OPENAI_API_KEY: OTHER_KEY,
      OPENROUTER_API_KEY: KEY,
    });
    expect(config.providers.openai?.baseUrl).toBe("http://127.0.0.1:8000/v1");
    expect(config.providers.openai?.apiKey?.reveal()).toBe(OTHER_KEY);
    expect(chain(config)).toEqual(["openai gpt-4o-mini", "openrouter openai/gpt-4o-mini"]);
  });

  test("reports a placeholder once, counts it as not set, and puts its hint first", async () => {
    const config = await folder.load({ GEMINI_API_KEY: "your-key-here", OPENROUTER_API_KEY: "" });
    expect(config.providers).toEqual({});
    expect(config.notices).toHaveLength(1);
    expect(noticesOf(config)).toContain("GEMINI_API_KEY");
    expect(config.hints[0]).toMatchObject({ variable: "GEMINI_API_KEY", state: "placeholder" });
  });

  test("counts every key, password and address of .env.example as not set", async () => {
    const template = await readFile(new URL("../../../../.env.example", import.meta.url), "utf8");
    await folder.write(".env", template);
    expect((await folder.load()).notices).toHaveLength(1);
    const secrets = /^# (?=(\w+_API_KEY|AI_SERVICE_\w+|ADMIN_EMAIL|ADMIN_PASSWORD)=)/gm;
    await folder.write(".env", template.replaceAll(secrets, ""));
    const config = await folder.load();
    expect(config.providers).toEqual({});
    expect(config.admin).toBeUndefined();
    expect(config.apiKey).toBeUndefined();
    expect(config.hints.slice(0, 5).map(({ state }) => state)).toEqual(Array(5).fill("placeholder"));
    expect(config.notices).toHaveLength(14);
  });

  test("tells a wrong key once, though the environment and the file both name it", async () => {
    const p = { dialect: "openai-chat", baseUrl: "https://p.test/v1", model: "m", apiKeyEnv: "OPENAI_API_KEY" };
    await folder.write("cogniforge.config.json", { providers: { p } });
    expect(await folder.errors({ OPENAI_API_KEY: "مفتاح" })).toHaveLength(1);
  });

  test("leaves the mock as the only answer where LLM_FORCE_MOCK is set, on every route and by every name", async () => {
    await folder.write("cogniforge.config.json", { routes: { fast: { targets: [{ provider: "openrouter" }] } } });
    for (const variable of ["LLM_FORCE_MOCK", "LLM_MOCK_MODE"]) {
      const config = await folder.load({ OPENROUTER_API_KEY: KEY, [variable]: "1" });
      expect(config.isMockForced).toBe(true);
      for (const name of ["default", "fast", "openrouter/openai/gpt-4o"]) {
        expect(resolveRoute(config, name)?.targets, name).toEqual([{ provider: "mock", model: "mock" }]);
      }
    }
    expect((await folder.load({ LLM_FORCE_MOCK: "0", LLM_MOCK_MODE: "1" })).isMockForced).toBe(false);
  });

  test("still says what to set where only the mock can answer", async () => {
    const config = await folder.load({ ALLOW_MOCK_LLM: "yes" });
    expect(chain(config)).toEqual(["mock mock"]);
    expect(config.hints.map(({ variable }) => variable)).toContain("OPENROUTER_API_KEY");
    expect(config.hints.map(({ variable }) => variable)).not.toContain("ALLOW_MOCK_LLM");
  });
});

describe("loadConfig() with settings of the environment", () => {
  test("reads them all", async () => {
    const config = await folder.load({
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
      dataDirectory: join(folder.path, "../elsewhere"),
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
    const extreme = await folder.load({ LLM_EXTREME_COMPLEXITY_MODE: "1" });
    expect(extreme).toMatchObject({ isExtreme: true, maxResponseTokens: 64_000 });
    expect(extreme.routes.default).toMatchObject({
      timeouts: { connectMs: 10_000, firstTokenMs: 60_000, idleMs: 60_000, totalMs: 600_000 },
      maxRetries: 8,
    });
    const set = await folder.load({
      LLM_EXTREME_COMPLEXITY_MODE: "1",
      LLM_TIMEOUT_SECONDS: "300",
      LLM_MAX_RETRIES: "1",
    });
    expect(set.routes.default).toMatchObject({ timeouts: { totalMs: 300_000 }, maxRetries: 1 });
  });

  test.each(["true", "1", "YES", "On"])("reads %s as true", async (value) => {
    expect((await folder.load({ LLM_EXTREME_COMPLEXITY_MODE: value })).isExtreme).toBe(true);
  });

  test.each(["false", "0", "No", "OFF", "", "  "])("reads '%s' as false", async (value) => {
    expect((await folder.load({ LLM_EXTREME_COMPLEXITY_MODE: value })).isExtreme).toBe(false);
  });

  test("names every wrong variable at once", async () => {
    const errors = await folder.errors({
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
    const config = await folder.load({ ADMIN_EMAIL: "admin@house.test", ADMIN_PASSWORD: "changeme" });
    expect(config.admin).toBeUndefined();
    expect(noticesOf(config)).toContain("ADMIN_EMAIL and ADMIN_PASSWORD must both be set");
  });

  test("tells of variables that somebody may rely on and that do nothing", async () => {
    const config = await folder.load({
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
    await folder.write(".env", `\uFEFFPORT=5000\nHOST="localhost" # here\nexport OPENAI_API_KEY='${KEY}'\n`);
    const config = await folder.load({ PORT: "6000", HOST: undefined });
    expect(config).toMatchObject({ port: 6000, host: "localhost" });
    expect(chain(config)).toEqual(["openai gpt-4o-mini"]);
    expect(chain(await folder.load({ OPENAI_API_KEY: "" }))).toEqual([]);
  });

  test("refuses one that is not UTF-8", async () => {
    await writeFile(join(folder.path, ".env"), Buffer.from("\uFEFFPORT=1", "utf16le"));
    expect(await folder.errors()).toMatchObject([{ path: ".env" }]);
  });
});
