import { chmod, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempFolder } from "../storage/temp_folder.ts";
import { readOrCreateAuthSecret } from "./auth_secret.ts";

test("readOrCreateAuthSecret() makes one secret that only its owner can read, also when many start at once", async () => {
  await using folder = await tempFolder();
  const secrets = await Promise.all(Array.from({ length: 8 }, () => readOrCreateAuthSecret(folder.path)));
  expect(new Set(secrets).size).toBe(1);
  expect(secrets[0]).toMatch(/^[\w-]{43}$/);
  expect(await readdir(folder.path)).toEqual(["auth_secret"]);
  const path = join(folder.path, "auth_secret");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await chmod(path, 0o644);
  expect(await readOrCreateAuthSecret(folder.path)).toBe(secrets[0]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("readOrCreateAuthSecret() refuses a file that holds something else", async () => {
  await using folder = await tempFolder();
  await writeFile(join(folder.path, "auth_secret"), "short");
  await expect(readOrCreateAuthSecret(folder.path)).rejects.toThrow(SyntaxError);
});
