import { expect, test } from "vitest";
import { maskSecrets } from "./mask_secrets.ts";

/** Put together here, so that no scanner takes this file for a leak. */
const letters = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0fL9xR6tY3uI";
const KEYS: Record<string, string> = {
  OpenAI: `sk-proj-${letters}`,
  Anthropic: `sk-ant-api03-${letters}`,
  OpenRouter: `sk-or-v1-${"0123456789abcdef".repeat(4)}`,
  Groq: `gsk_${letters}`,
  Amazon: `AKIA${"IOSFODNN7EXAMPLE"}`,
  Google: `AIza${letters.slice(0, 35)}`,
  GitHub: `ghp_${letters.slice(0, 36)}`,
  "GitHub, fine": `github_pat_${letters}${letters}`,
  GitLab: `glpat-${letters.slice(0, 20)}`,
  npm: `npm_${letters.slice(0, 36)}`,
  Slack: `xoxb-${"123456789012"}-${letters.slice(0, 24)}`,
  Stripe: `sk_live_${letters.slice(0, 24)}`,
  SendGrid: `SG.${letters.slice(0, 22)}.${letters}`,
  "Hugging Face": `hf_${letters.slice(0, 34)}`,
  Telegram: `1234567890:AA${letters.slice(0, 33)}`,
  "web token": `eyJ${letters.slice(0, 20)}.eyJ${letters.slice(0, 20)}.${letters}`,
  Vault: `hvs.${letters}`,
};

test.each(Object.entries(KEYS))("maskSecrets() masks a key of %s wherever it stands", (_, key) => {
  for (const text of [key, `const x = "${key}";`, `curl -H 'X: ${key}' …`, `# ${key}\nnext`]) {
    const masked = maskSecrets(text);
    expect(masked).toContain("[masked secret]");
    expect(masked).not.toContain(key.slice(-12));
  }
});

test("maskSecrets() masks what is assigned to a name of a secret, and passwords of addresses", () => {
  const secret = "hunter2-but-longer";
  for (const text of [
    `password = "${secret}"`,
    `"client_secret": "${secret}"`,
    `API_KEY: '${secret}'`,
    `db_password=${secret}`,
    `postgres://admin:${secret}@db.example.org/x`,
    `Authorization: Bearer ${secret}${secret}`,
  ]) {
    expect(maskSecrets(text), text).not.toContain(secret);
  }
});

test("maskSecrets() masks private keys with their lines, also one whose end is missing", () => {
  const begin = `-----BEGIN RSA ${"PRIVATE"} KEY-----`;
  const end = `-----END RSA ${"PRIVATE"} KEY-----`;
  expect(maskSecrets(`a\n${begin}\nMIIE\nabcd\n${end}\nb`)).toBe("a\n[masked secret]\n\n\n\nb");
  expect(maskSecrets(`a\n${begin}\nMIIE\nabcd`)).not.toContain("MIIE");
});

test("maskSecrets() masks known values, and leaves ordinary code as it is", () => {
  expect(maskSecrets("x = correct horse", ["correct horse", "x"])).toBe("x = [masked secret]");
  const code = [
    'const apiKey = process.env.API_KEY ?? "";',
    "password: z.string().min(8).max(128),",
    "if (token === undefined) return readToken(request);",
    "https://example.org/path:80/a@b",
    "skip-this-sk-step and risk-averse-people-everywhere",
    "export const maxTokens = 32000;",
  ].join("\n");
  expect(maskSecrets(code)).toBe(code);
});
