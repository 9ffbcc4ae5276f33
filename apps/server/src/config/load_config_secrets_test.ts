import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { ConfigFolder, KEY, OTHER_KEY } from "./_config_folder.ts";

const folder = new ConfigFolder();

describe("secrets", () => {
  const password = "a-password-that-is-rather-long-enough-to-be-masked";
  const secrets = [KEY, OTHER_KEY, password, "header-secret-value-0123456789"];

  test("stay out of JSON, inspection and templates of a configuration", async () => {
    await folder.write("cogniforge.config.json", {
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
    const config = await folder.load({ OPENROUTER_API_KEY: KEY, COGNIFORGE_API_KEY: KEY, ...admin });
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
    await folder.write("cogniforge.config.json", {
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
    const refusal = await folder.refusal({ ...wrong, OPENAI_API_KEY: `${KEY} é`, ADMIN_PASSWORD: "x".repeat(200) });
    expect(refusal.errors.length).toBeGreaterThan(10);
    expect(`${refusal.message}${refusal.format()}${inspect(refusal)}${JSON.stringify(refusal)}`).not.toContain(KEY);
  });
});
