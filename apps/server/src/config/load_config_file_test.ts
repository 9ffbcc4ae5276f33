import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { ConfigFolder, chain, KEY, noticesOf, OTHER_KEY } from "./_config_folder.ts";
import { resolveRoute } from "./mod.ts";

const folder = new ConfigFolder();

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
    await folder.write("cogniforge.config.json", example);
    const config = await folder.load({ PRIMARY_KEY: KEY, OPENROUTER_API_KEY: OTHER_KEY });
    expect(config.file).toBe(join(folder.path, "cogniforge.config.json"));
    expect(config.providers.primary).toMatchObject({ isUsable: true, source: "file", keyVariable: "PRIMARY_KEY" });
    expect(config.providers.primary?.apiKey?.reveal()).toBe(KEY);
    expect(config.routes.default).toEqual({ name: "default", ...example.routes.default });
    expect(resolveRoute(config, "openrouter/openai/gpt-4o")?.targets).toEqual([
      { provider: "openrouter", model: "openai/gpt-4o" },
    ]);
  });

  test("takes a provider's way of going on, and refuses one that nobody knows", async () => {
    const write = (prefill: string) =>
      folder.write("cogniforge.config.json", {
        providers: { local: { dialect: "openai-chat", baseUrl: "http://127.0.0.1:8000/v1", model: "m", prefill } },
      });
    await write("continue-final-message");
    expect((await folder.load()).providers.local?.prefill).toBe("continue-final-message");
    await write("trailling");
    await expect(folder.load()).rejects.toThrow("providers.local.prefill");
  });

  test("keeps a provider whose variable is not set, unusable, with a notice and a hint", async () => {
    await folder.write("cogniforge.config.json", example);
    const config = await folder.load({ PRIMARY_KEY: "<your key>" });
    expect(config.providers.primary?.isUsable).toBe(false);
    expect(noticesOf(config)).toContain("'primary' is not used, as its variable PRIMARY_KEY is not set");
    expect(config.hints.map(({ variable, state }) => `${variable} ${state}`)).toEqual([
      "PRIMARY_KEY placeholder",
      "ALLOW_MOCK_LLM missing",
    ]);
  });

  test("appends the mock to the default route of the file, once", async () => {
    await folder.write("cogniforge.config.json", example);
    expect(chain(await folder.load({ ALLOW_MOCK_LLM: "1" }))).toEqual(["primary gpt-4o-mini", "mock mock"]);
    await folder.write("cogniforge.config.json", {
      providers: { mock: { dialect: "mock", text: "trial", paceMs: 0 } },
      routes: { default: { targets: [{ provider: "mock" }] } },
    });
    const config = await folder.load({ ALLOW_MOCK_LLM: "1" });
    expect(chain(config)).toEqual(["mock mock"]);
    expect(config.providers.mock).toMatchObject({ text: "trial", paceMs: 0, source: "file" });
  });

  test("makes a default route of the file's providers, then the environment's", async () => {
    await folder.write("cogniforge.config.json", {
      providers: {
        second: { dialect: "openai-chat", baseUrl: "https://second.test/v1", model: "two" },
        first: { dialect: "openai-chat", baseUrl: "https://first.test/v1" },
        openai: { dialect: "openai-chat", baseUrl: "https://proxy.test/v1", apiKey: OTHER_KEY, model: "mine" },
      },
    });
    const config = await folder.load({ OPENROUTER_API_KEY: KEY, OPENAI_API_KEY: KEY, DEFAULT_AI_MODEL: "vendor/m" });
    expect(chain(config)).toEqual(["second two", "first vendor/m", "openai mine", "openrouter vendor/m"]);
    expect(config.providers.openai).toMatchObject({ baseUrl: "https://proxy.test/v1", source: "file" });
    expect(config.providers.openai?.apiKey?.reveal()).toBe(OTHER_KEY);
  });

  test("asks for a model where a default route cannot be made without one", async () => {
    const file = { providers: { local: { dialect: "openai-chat", baseUrl: "http://127.0.0.1:1/v1" } } };
    expect(await folder.errorsOfFile(file)).toEqual({
      "providers.local.model": expect.stringContaining("DEFAULT_AI_MODEL"),
    });
    expect(chain(await folder.load({ DEFAULT_AI_MODEL: "m" }))).toEqual(["local m"]);
  });

  test("lists a provider of the environment that a route names and that is not set up", async () => {
    await folder.write("cogniforge.config.json", { routes: { default: { targets: [{ provider: "gemini" }] } } });
    const config = await folder.load();
    expect(config.providers.gemini).toMatchObject({ isUsable: false, source: "environment" });
    expect(config.hints[0]?.variable).toBe("GEMINI_API_KEY");
    expect(noticesOf(config)).toContain("GEMINI_API_KEY is not set");
  });

  test("knows a provider by its name, or by the preset it names, and needs only its key", async () => {
    await folder.write("cogniforge.config.json", {
      providers: {
        groq: {},
        fast: { preset: "cerebras", apiKeyEnv: "FAST_KEY", model: "gpt-oss-120b" },
        openai: { dialect: "openai-responses" },
        ollama: { model: "llama3.2" },
        mistral: { dialect: "openai-chat", baseUrl: "http://127.0.0.1:8000/v1", model: "m" },
        proxied: { preset: "mistral", baseUrl: "https://proxy.test/v1" },
      },
    });
    const keys = { GROQ_API_KEY: KEY, FAST_KEY: OTHER_KEY, OPENAI_API_KEY: KEY, MISTRAL_API_KEY: KEY };
    const { providers, ...config } = await folder.load(keys);
    expect(chain({ providers, ...config })).toEqual([
      "groq openai/gpt-oss-120b",
      "fast gpt-oss-120b",
      "openai gpt-4o-mini",
      "ollama llama3.2",
      "mistral m",
      "proxied mistral-small-latest",
    ]);
    expect(providers.groq).toMatchObject({ preset: "groq", keyVariable: "GROQ_API_KEY", isUsable: true });
    expect(providers.fast).toMatchObject({ baseUrl: "https://api.cerebras.ai/v1", keyVariable: "FAST_KEY" });
    expect(providers.fast?.apiKey?.reveal()).toBe(OTHER_KEY);
    expect(providers.openai).toMatchObject({ dialect: "openai-responses", baseUrl: "https://api.openai.com/v1" });
    expect(providers.ollama).toMatchObject({
      dialect: "ollama",
      baseUrl: "http://127.0.0.1:11434/api",
      isUsable: true,
    });
    expect(providers.mistral?.preset, "with dialect and address of its own it is any provider").toBeUndefined();
    expect(providers.proxied, "a key goes to its maker alone").toMatchObject({ preset: "mistral", isUsable: true });
    expect([providers.mistral?.apiKey, providers.proxied?.apiKey]).toEqual([undefined, undefined]);
  });

  test("lists a known provider whose key is not set, and does not call it", async () => {
    await folder.write("cogniforge.config.json", { providers: { "github-models": { model: "openai/gpt-4o-mini" } } });
    const config = await folder.load();
    expect(config.providers["github-models"]).toMatchObject({ isUsable: false, keyVariable: "GITHUB_TOKEN" });
    expect(noticesOf(config)).toContain("GITHUB_TOKEN is not set");
    expect((await folder.load({ GITHUB_TOKEN: KEY })).providers["github-models"]?.isUsable).toBe(true);
  });

  test("makes the addresses of an Azure resource, in its v1 API and in the older one", async () => {
    const azure = { preset: "azure", resource: "house", apiKeyEnv: "K", model: "my-deployment" };
    await folder.write("cogniforge.config.json", {
      providers: {
        azure,
        older: { ...azure, apiVersion: "2024-10-21" },
        preview: { ...azure, apiVersion: "preview", dialect: "openai-responses" },
        addressed: { preset: "azure", baseUrl: "https://house.services.ai.azure.com/", model: "d" },
      },
    });
    const { providers } = await folder.load({ K: KEY, AZURE_OPENAI_API_KEY: OTHER_KEY });
    expect(Object.values(providers).map(({ baseUrl }) => baseUrl)).toEqual([
      "https://house.openai.azure.com/openai/v1",
      "https://house.openai.azure.com/openai/deployments/%7Bmodel%7D?api-version=2024-10-21",
      "https://house.openai.azure.com/openai/v1?api-version=preview",
      "https://house.services.ai.azure.com/openai/v1",
    ]);
    expect(providers.addressed?.apiKey?.reveal()).toBe(OTHER_KEY);
  });

  test("tells what the fields of a known provider say wrongly of one another", async () => {
    const errors = await folder.errorsOfFile({
      providers: {
        grok: {},
        typo: { preset: "grok", model: "m" },
        deepseek: { dialect: "gemini", model: "m" },
        azure: { model: "m" },
        both: { preset: "azure", resource: "r", baseUrl: "https://r.openai.azure.com", model: "m" },
        groq: { resource: "r", apiVersion: "1" },
        claude: { preset: "anthropic", prefill: "trailing" },
      },
      prices: { "openai/gpt-4o": { input: 1 }, x: { input: -1, output: 1, cacheInput: 2 } },
    });
    expect(errors["providers.grok.dialect"]).toContain("did you mean 'groq'?");
    expect(errors["providers.typo.preset"]).toContain("did you mean 'groq'?");
    expect(errors["providers.deepseek.dialect"]).toContain(
      "'openai-chat' or 'anthropic-messages', which DeepSeek speaks",
    );
    expect(errors["providers.azure.resource"]).toContain("found neither");
    expect(errors["providers.both.resource"]).toContain("found both");
    expect(errors["providers.groq.resource"]).toContain("alone");
    expect(errors["providers.groq.apiVersion"]).toContain("alone");
    expect(errors["providers.claude.prefill"]).toContain("found it with 'anthropic-messages'");
    expect(errors["prices.openai/gpt-4o.output"]).toBe("Expected a number, found nothing");
    expect(errors["prices.x.input"]).toContain("at least 0");
    expect(errors["prices.x.cacheInput"]).toContain("did you mean 'cachedInput'?");
  });

  test("reads what hedging may cost, and refuses what is no share or no sum", async () => {
    expect((await folder.load({ OPENROUTER_API_KEY: KEY })).hedging).toEqual({});
    await folder.write("cogniforge.config.json", { ...example, hedging: { maxUsdPerHour: 0.5 } });
    expect((await folder.load({ PRIMARY_KEY: KEY })).hedging).toEqual({ maxUsdPerHour: 0.5 });
    const errors = await folder.errorsOfFile({ ...example, hedging: { maxShare: 5, maxUsd: 1, maxUsdPerHour: -1 } });
    expect(errors["hedging.maxShare"]).toContain("at most 1");
    expect(errors["hedging.maxUsdPerHour"]).toContain("at least 0");
    expect(errors["hedging.maxUsd"]).toContain("found 'maxUsd'");
  });

  test("does not hedge in extreme mode", async () => {
    await folder.write("cogniforge.config.json", example);
    const config = await folder.load({ LLM_EXTREME_COMPLEXITY_MODE: "on", PRIMARY_KEY: KEY });
    expect(config.routes.default?.hedgeAfterMs).toBeNull();
    expect(noticesOf(config)).toContain("does not hedge");
  });

  test("reads a script of either kind, and the one that COGNIFORGE_CONFIG names", async () => {
    const script = (port: number, type = "") =>
      `const url${type} = "http://127.0.0.1:${port}/v1";
       export default { providers: { local: { dialect: "openai-chat", baseUrl: url, model: "m" } } };`;
    await folder.write("package.json", { type: "module" });
    await folder.write("cogniforge.config.js", script(1));
    expect((await folder.load()).providers.local?.baseUrl).toBe("http://127.0.0.1:1/v1");
    await folder.write("cogniforge.config.ts", script(2, ": string"));
    const both = await folder.load();
    expect(both.providers.local?.baseUrl).toBe("http://127.0.0.1:2/v1");
    expect(noticesOf(both)).toContain("cogniforge.config.js beside it is not");
    await folder.write("other.json", { providers: { named: { dialect: "mock" } } });
    expect(Object.keys((await folder.load({ COGNIFORGE_CONFIG: "./other.json" })).providers)).toEqual(["named"]);
    expect(await folder.errors({ COGNIFORGE_CONFIG: "other.yaml" })).toMatchObject([{ path: "COGNIFORGE_CONFIG" }]);
  });

  test("reads a changed script anew", async () => {
    await folder.write("cogniforge.config.ts", `export default { providers: { a: { dialect: "mock" } } };`);
    expect(Object.keys((await folder.load()).providers)).toEqual(["a"]);
    await folder.write("cogniforge.config.ts", `export default { providers: { b: { dialect: "mock" } } };`);
    expect(Object.keys((await folder.load()).providers)).toEqual(["b"]);
  });

  test("takes a package of the AI SDK from a script", async () => {
    const sdk = `{ dialect: "ai-sdk", model: () => () => ({}), defaultModel: "m" }`;
    await folder.write("cogniforge.config.ts", `export default { providers: { a: ${sdk} } };`);
    const { providers, routes } = await folder.load();
    expect([providers.a?.dialect, typeof providers.a?.sdk?.model, providers.a?.isUsable]).toEqual([
      "ai-sdk",
      "function",
      true,
    ]);
    expect(routes.default?.targets).toEqual([{ provider: "a", model: "m" }]);
  });

  test("says that JSON cannot give a package of the AI SDK", async () => {
    const fields = { dialect: "ai-sdk", model: "gpt", defaltModel: "m" };
    const errors = await folder.errorsOfFile({ providers: { a: fields } });
    expect(errors["providers.a.model"]).toContain("Expected a function");
    expect(errors["providers.a.defaltModel"]).toContain("did you mean 'defaultModel'?");
  });

  test("tells every error of a file at once, each with its path, together with the environment's", async () => {
    const errors = await folder.errorsOfFile(
      {
        provders: {},
        providers: {
          "A b": { dialect: "openai-chat", baseUrl: "ftp://x" },
          later: { dialect: "telepathy", baseUrl: "https://x.test" },
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
    expect(errors["providers.later.dialect"]).toContain("or 'ai-sdk' or 'mock'), found 'telepathy'");
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
    const errors = await folder.errorsOfFile({ providers: { p: { dialect: "openai-chat", baseUrl, model: "m" } } });
    expect(errors).toEqual({ "providers.p.baseUrl": expect.stringContaining(reason) });
    expect(errors["providers.p.baseUrl"]).not.toContain("secret-word");
    expect(await folder.errors({ LLM_BASE_URL: baseUrl })).toContainEqual(
      expect.objectContaining({ path: "LLM_BASE_URL" }),
    );
  });

  test.each([
    ["cogniforge.config.json", `{ "providers": {\n  "a": { "apiKey": ${KEY} } } }`, "line 2, column 20"],
    ["cogniforge.config.json", "", "line 1, column 1"],
    ["cogniforge.config.json", "[]", "Expected an object, found a list"],
    ["cogniforge.config.ts", `throw new Error("no ${KEY}")`, "Error: no …"],
    ["cogniforge.config.ts", `export const config = {}`, "no default export"],
  ])("says what is wrong with a %s that says %j, without a key in it", async (name, content, message) => {
    await folder.write(name, content);
    const refusal = await folder.refusal();
    expect(refusal.errors).toHaveLength(1);
    expect(refusal.errors[0]?.path).toBe(name);
    expect(refusal.errors[0]?.message.en).toContain(message);
    expect(`${refusal.format()}${inspect(refusal)}`).not.toContain(KEY);
  });
});
