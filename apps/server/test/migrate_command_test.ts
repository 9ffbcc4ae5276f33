import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { openStorage } from "../src/storage/mod.ts";
import { openPostgresStorage } from "../src/storage/postgres/mod.ts";
import { startChild } from "./_child.ts";
import { cogniforge, workFolder } from "./_command.ts";
import { usePostgres } from "./real_postgres.ts";

const postgres = await usePostgres("the tests of 'cogniforge migrate' into PostgreSQL");
const withPostgres = test.runIf(postgres !== undefined);

// Every command is a program of its own, which loads a part of the server.
vi.setConfig({ testTimeout: 120_000 });

/** A data folder as a server leaves it, with an administrator. */
async function writeData(directory: string): Promise<void> {
  const environment = {
    ALLOW_MOCK_LLM: "true",
    ADMIN_EMAIL: "admin@example.com",
    ADMIN_PASSWORD: "correct horse battery",
  };
  const child = await startChild(directory, environment);
  await child[Symbol.asyncDispose]();
}

withPostgres(
  "cogniforge migrate copies the data folder into PostgreSQL, twice the same, and tells no password",
  async () => {
    await using folder = await workFolder();
    const directory = folder.path;
    await writeData(directory);
    const url = (await postgres?.create()) ?? "";
    const { password } = new URL(url);
    const first = await cogniforge(["migrate", "--to", url], { directory });
    expect(first).toMatchObject({
      code: 0,
      stdout: "",
      stderr: expect.stringMatching(/user: 1 \(sha256 .*is copied to/s),
    });
    const second = await cogniforge(["migrate", "--lang", "ar"], { directory, environment: { DATABASE_URL: url } });
    expect(second).toMatchObject({ code: 0, stderr: expect.stringContaining("وتم التحقق من النسخة") });
    for (const { stderr } of [first, second]) {
      expect(stderr).not.toContain(password);
      expect(stderr).not.toContain(decodeURIComponent(password));
    }

    const target = await openPostgresStorage({ url });
    await target.conversations.create("user:1", { id: "foreign", title: "", at: 1 });
    await target.close();
    const refused = await cogniforge(["migrate", "--to", url], { directory });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/holds other data[\s\S]+بيانات أخرى/) });
  },
);

test("cogniforge migrate tells of a target that is missing, wrong or out of reach", async () => {
  await using folder = await workFolder();
  const directory = folder.path;
  const none = await cogniforge(["migrate"], { directory });
  expect(none).toMatchObject({ code: 2, stderr: expect.stringMatching(/Expected a target[\s\S]+المتوقع قاعدة وجهة/) });
  await (await openStorage({ directory: join(directory, "data") })).close();
  const wrong = await cogniforge(["migrate", "--to", "mysql://u:s3cret@host/d"], { directory });
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringMatching(/no address of a PostgreSQL[\s\S]+ليس عنوان/) });
  const away = await cogniforge(["migrate", "--to", "postgres://u:s3cret@127.0.0.1:1/d"], { directory });
  expect(away).toMatchObject({ code: 1, stderr: expect.stringMatching(/cannot be reached[\s\S]+يتعذّر الوصول/) });
  expect(`${wrong.stderr}${away.stderr}`).not.toContain("s3cret");
});

withPostgres("cogniforge migrate changes nothing of the target where there is no data folder", async () => {
  await using folder = await workFolder();
  const url = (await postgres?.create()) ?? "";
  const ended = await cogniforge(["migrate", "--to", url], { directory: folder.path });
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/There is no database[\s\S]+لا توجد قاعدة/) });
  expect(await postgres?.run("SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'", url)).toEqual(
    [{ tables: 0 }],
  );
});
