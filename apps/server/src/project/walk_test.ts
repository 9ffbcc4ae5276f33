import { execFileSync } from "node:child_process";
import { mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectFolder } from "./_project_folder.ts";
import { readText } from "./read_text.ts";
import { walk } from "./walk.ts";

test("walk() heeds nested ignore files, and the deepest one that says anything decides", async () => {
  await using folder = await projectFolder({
    ".gitignore": "*.log\n/build/\n!keep.log\n",
    ".git/info/exclude": "private.txt\n",
    "private.txt": "",
    "app.log": "",
    "keep.log": "",
    "build/out.js": "",
    "src/build/real.ts": "",
    "src/.gitignore": "generated/*\n!generated/kept.ts\n!important.log\n",
    "src/important.log": "",
    "src/generated/gone.ts": "",
    "src/generated/kept.ts": "",
    "docs/.ignore": "drafts\n",
    "docs/drafts/a.md": "",
    "docs/b.md": "",
    "tools/.gitignore": "mine.sh\n",
    "tools/.cogniforgeignore": "!mine.sh\nother.sh\n",
    "tools/mine.sh": "",
    "tools/other.sh": "",
  });
  expect(
    folder
      .paths()
      .filter((path) => !/ignore$/.test(path))
      .sort(),
  ).toEqual([
    "docs/b.md",
    "keep.log",
    "src/build/real.ts",
    "src/generated/kept.ts",
    "src/important.log",
    "tools/mine.sh",
  ]);
});

test("walk() never enters folders of version control and dependencies, nor names files that hold secrets", async () => {
  const names = [
    ...[".env", ".env.local", ".env.example", "prod.env", "server.pem", "tls/private.key", "id_rsa", "id_ed25519.pub"],
    ...[
      ".npmrc",
      ".netrc",
      "credentials.json",
      "config/secrets.yaml",
      "service-account-prod.json",
      "terraform.tfstate",
    ],
    ...[".aws/credentials", ".ssh/config", "store.p12", ".git-credentials", "aws_credentials.csv", ".envrc"],
    ...[".git/config", "node_modules/x/index.js", "vendor/y/z.go", ".venv/lib/a.py", "__pycache__/a.pyc"],
    ...["myenv/pyvenv.cfg", "myenv/lib/b.py", "crate/Cargo.toml", "crate/target/debug/x.rs", "sub/.hg/store"],
  ];
  await using folder = await projectFolder({
    ...Object.fromEntries(names.map((name) => [name, "secret"])),
    "src/secret_santa.ts": "",
    "src/environment.ts": "",
    "src/keys.ts": "",
    "target/plain.ts": "",
  });
  expect(folder.paths().sort()).toEqual([
    "crate/Cargo.toml",
    "src/environment.ts",
    "src/keys.ts",
    "src/secret_santa.ts",
    "target/plain.ts",
  ]);
  expect(walk(folder.path).leftOut.secret).toBeGreaterThan(10);
});

test("walk() follows no link: neither in circles nor out of the folder", async () => {
  await using outside = await projectFolder({ "passwd.txt": "root:x" });
  await using folder = await projectFolder({ "src/a.ts": "export const a = 1;\n" });
  await symlink(folder.path, join(folder.path, "src", "loop"));
  await symlink(outside.path, join(folder.path, "out"));
  await symlink(join(outside.path, "passwd.txt"), join(folder.path, "passwd.txt"));
  await symlink("a.ts", join(folder.path, "src", "same.ts"));
  const { files, leftOut } = walk(folder.path);
  expect(files.map(({ path }) => path)).toEqual(["src/a.ts"]);
  expect(leftOut.links).toBe(4);
});

test("walk() leaves out what it is told to, and pipes", async () => {
  await using folder = await projectFolder({ "data/store.txt": "", "a.ts": "" });
  execFileSync("mkfifo", [join(folder.path, "pipe.ts")]);
  expect(folder.paths({ leftOut: [join(folder.path, "data")] })).toEqual(["a.ts"]);
});

test("walk() reads hundreds of nested folders only so deep, and says that it is not whole", async () => {
  await using folder = await projectFolder();
  const deep = join(folder.path, ...Array.from({ length: 60 }, () => "d"));
  await mkdir(deep, { recursive: true });
  await writeFile(join(deep, "bottom.ts"), "");
  expect(walk(folder.path)).toMatchObject({ files: [], isWhole: false });
});

test("readText() reads no file that took another's place, no binary, and a long one only in whole lines", async () => {
  await using folder = await projectFolder({
    "a.txt": "first\r\nsecond",
    "b.txt": "other",
    "image.png": new Uint8Array([0x89, 0x50, 0, 1]),
    "latin.txt": new Uint8Array([0x63, 0x61, 0x66, 0xe9]),
    "utf16.txt": Buffer.from("\ufeffسلام", "utf16le"),
    "long.txt": `${"x".repeat(99)}\n`.repeat(10_000),
  });
  const files = new Map(walk(folder.path).files.map((file) => [file.path, file]));
  const read = (name: string) => readText(join(folder.path, name), files.get(name) ?? { dev: 0, ino: 0 });
  expect(read("a.txt")).toEqual({ text: "first\nsecond", isCut: false });
  expect(read("image.png")).toBe("binary");
  expect(read("latin.txt")).toBe("binary");
  expect(read("utf16.txt")).toEqual({ text: "سلام", isCut: false });
  const long = read("long.txt");
  expect(long).toMatchObject({ isCut: true });
  expect(typeof long === "object" && long.text.endsWith("x\n") && long.text.length <= 512 * 1024).toBe(true);
  await rename(join(folder.path, "b.txt"), join(folder.path, "a.txt"));
  expect(read("a.txt")).toBeUndefined();
  expect(read("b.txt")).toBeUndefined();
});
