import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "./runtime.mjs";

const read = (path) => readFileSync(join(ROOT, path), "utf8");
const documented = read("docs/configuration.md");

test("Dockerfile copies the manifest of every workspace before it installs, in each stage that does", () => {
  const { workspaces } = JSON.parse(read("package.json"));
  const manifests = workspaces.flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: ROOT }));
  const all = read("Dockerfile").split(/^FROM /m);
  // A stage holds what the one holds that it begins from.
  const baseOf = (stage) => all.find((one) => one.split("\n", 1)[0].endsWith(` AS ${stage.split(/\s/, 1)[0]}`)) ?? "";
  const stages = all.filter((stage) => stage.includes("npm ci")).map((stage) => baseOf(stage) + stage);
  assert.equal(stages.length, 2);
  for (const stage of stages) {
    for (const manifest of manifests) assert.ok(stage.includes(`COPY ${manifest} `), `${manifest} is copied`);
  }
});

test("Dockerfile copies what is there, runs as nobody special and is asked for its health", () => {
  const lines = read("Dockerfile").split("\n");
  const sources = lines.flatMap((line) => /^COPY (?!--from)(.+) \S+$/.exec(line)?.[1]?.split(" ") ?? []);
  for (const source of sources) assert.ok(existsSync(join(ROOT, source)), `${source} exists`);
  const [, command] = /^CMD \["node", "(.+)"\]$/m.exec(lines.join("\n")) ?? [];
  assert.ok(existsSync(join(ROOT, command ?? "")), `${command} exists`);
  assert.ok(lines.includes("USER node"));
  assert.ok(lines.some((line) => line.startsWith("HEALTHCHECK ")));
});

test("compose.yaml and .devcontainer hand over nothing but variables that docs/configuration.md explains", () => {
  const variables = [...read("compose.yaml").matchAll(/^ {6}([A-Z_]+): \$\{\1:-/gm)].map(([, name]) => name);
  assert.ok(variables.length > 5);
  const { secrets, forwardPorts, portsAttributes } = JSON.parse(read(".devcontainer/devcontainer.json"));
  for (const name of [...variables, ...Object.keys(secrets)]) assert.ok(documented.includes(`\`${name}\``), name);
  for (const { documentationUrl } of Object.values(secrets)) assert.ok(URL.canParse(documentationUrl));
  for (const port of forwardPorts) assert.ok(portsAttributes[port]?.label, `port ${port} has a label`);
});
