import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const KEY = "sk-or-v1-0123456789abcdef0123456789abcdefwxyz";

// Each test starts a Node of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cogniforge-define-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Loads the folder's configuration in a Node of its own, where nothing but Node itself loads the modules. */
async function loadInNode(door: string): Promise<string> {
  const script = `
    import { loadConfig } from ${JSON.stringify(pathToFileURL(door).href)};
    const source = { environment: {}, directory: ${JSON.stringify(directory)} };
    const result = await loadConfig(source).then(JSON.stringify, (error) => error.format() + error.stack);
    console.log(result);`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  return stdout + stderr;
}

test("defineConfig() serves a script that imports it by the package's name", async () => {
  await mkdir(join(directory, "node_modules/@cogniforge"), { recursive: true });
  await symlink(join(HERE, "../.."), join(directory, "node_modules/@cogniforge/server"));
  await writeFile(
    join(directory, "cogniforge.config.ts"),
    `import { defineConfig } from "@cogniforge/server/config";
     const text: string = "typed";
     export default defineConfig({ providers: { mock: { dialect: "mock", text } } });`,
  );
  expect(JSON.parse(await loadInNode(join(HERE, "mod.ts")))).toMatchObject({ providers: { mock: { text: "typed" } } });
});

test("defineConfig() works where no package is installed", async () => {
  await cp(HERE, join(directory, "src/config"), { recursive: true });
  const door = pathToFileURL(join(directory, "src/config/mod.ts")).href;
  const script = `import { defineConfig } from ${JSON.stringify(door)};
    console.log(JSON.stringify(defineConfig({ providers: { groq: {} } })));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  expect(JSON.parse(stdout)).toEqual({ providers: { groq: {} } });
});

test.each(["const a = ;", "enum A { B }", "const a: = 1"])(
  "loadConfig() refuses the script '%s' without showing it",
  async (wrong) => {
    await writeFile(join(directory, "cogniforge.config.ts"), `const key = "${KEY}"; ${wrong}`);
    const output = await loadInNode(join(HERE, "mod.ts"));
    expect(output).toContain("✗ cogniforge.config.ts");
    expect(output).toContain("SyntaxError");
    expect(output).not.toContain(KEY);
  },
);
