import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PRESETS } from "@cogniforge/core/providers";
import { expect, test } from "vitest";
import { presetModel } from "./default_models.ts";
import { ConfigError, loadConfig } from "./mod.ts";

const page = await readFile(new URL("../../../../docs/configuration.md", import.meta.url), "utf8");
const template = await readFile(new URL("../../../../.env.example", import.meta.url), "utf8");
const blocks = (language: string) =>
  [...page.matchAll(/```(\w*)\n(.*?)```/gs)].flatMap(([, name, text = ""]) => (name === language ? [text] : []));

async function loadFile(content: string, environment: Record<string, string> = {}) {
  const directory = await mkdtemp(join(tmpdir(), "cogniforge-page-"));
  try {
    await writeFile(join(directory, "cogniforge.config.json"), content);
    return await loadConfig({ environment, directory });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

test("docs/configuration.md names every variable that is read", async () => {
  const folder = new URL(".", import.meta.url);
  const files = (await readdir(folder)).filter((name) => name.endsWith(".ts") && !/^_|_test\.ts$/.test(name));
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), "utf8")));
  const variables = new Set(
    sources.join("\n").match(/(?<=["\s])(?!ERR_)[A-Z]+(_[A-Z]+)+(?=["]|: [{a-z])|"(HOST|PORT)"/g),
  );
  expect(variables.size).toBeGreaterThan(30);
  for (const variable of variables) expect(page).toContain(variable.replaceAll('"', ""));
});

test("docs/configuration.md lists the known providers as they are", () => {
  const rows = PRESETS.map(({ name, title, keyVariable, endpoints, documentation }) => {
    const model = presetModel(name);
    const dialects = endpoints.map(({ dialect }) => `\`${dialect}\``).join(", ");
    const code = (text: string | undefined) => (text === undefined ? "–" : `\`${text}\``);
    return `| \`${name}\` | [${title}](${documentation}) | ${code(keyVariable)} | ${dialects} | ${code(model)} |`;
  });
  expect(page).toContain(rows.join("\n"));
});

test(".env.example names only variables of docs/configuration.md", () => {
  const variables = [...template.matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(([, name = ""]) => name);
  expect(variables.length).toBeGreaterThan(20);
  for (const variable of variables) expect(page).toContain(`\`${variable}\``);
});

test("the configuration files in docs/configuration.md are right", async () => {
  const examples = blocks("json");
  expect(examples).toHaveLength(4);
  for (const example of examples) expect((await loadFile(example)).routes.default?.targets).toHaveLength(2);
});

test("the errors in docs/configuration.md are those that are printed", async () => {
  const wrong = {
    providers: { primary: { dialect: "openai-chat", baseUrl: "http://127.0.0.1:9100/v1", api_key_env: "PRIMARY_KEY" } },
    routes: { default: { targets: [{ provider: "primry", model: "gpt-4o-mini" }] } },
  };
  const error = await loadFile(JSON.stringify(wrong), { PORT: "abc" }).catch((reason: unknown) => reason);
  if (!(error instanceof ConfigError)) throw new Error("Expected a ConfigError", { cause: error });
  expect(blocks("")).toEqual([error.format().replace(error.file ?? "", "/srv/house/cogniforge.config.json")]);
});
