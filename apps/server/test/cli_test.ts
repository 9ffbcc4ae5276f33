import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test, vi } from "vitest";
import type { ConfigFile } from "../src/config/mod.ts";
import { restore } from "../src/storage/restore.ts";
import { startChild } from "./_child.ts";
import { cogniforge, workFolder } from "./_command.ts";
import { startCutProxy } from "./_cut_proxy.ts";
import { KEY, startServer } from "./_server.ts";

// Every command is a program of its own, which loads a part of the server.
vi.setConfig({ testTimeout: 120_000 });

const TEXT = "واحد two ثلاثة four خمسة six 👩‍🚀 eight تسعة ten";
const MOCK: ConfigFile = {
  providers: { slow: { dialect: "mock", text: TEXT, paceMs: 30 } },
  routes: { default: { targets: [{ provider: "slow", model: "m" }] } },
};
const WITH_KEY = { COGNIFORGE_API_KEY: KEY };

test("cogniforge ask prints an answer whole, however often its connection is cut, and asks once", async () => {
  await using server = await startServer({ environment: { ALLOW_MOCK_LLM: "true" }, config: MOCK });
  // Each of the first connections is cut after some frames, in mid-frame.
  await using proxy = await startCutProxy(server.url, (index) =>
    index <= 3 ? { frames: 3 + index, bytes: index * 7 } : undefined,
  );
  await using folder = await workFolder();
  const { code, stdout, stderr } = await cogniforge(["ask", "عدّ", "--url", proxy.url], {
    directory: folder.path,
    environment: WITH_KEY,
  });
  expect(stdout).toBe(`${TEXT}\n`);
  expect(code).toBe(0);
  expect(stderr).toContain("going on");
  expect(proxy.connections).toBeGreaterThan(2);
  const list = await server.fetch("/trpc/conversations.list");
  expect(await list.json()).toMatchObject({ result: { data: { conversations: [{ title: "عدّ" }] } } });
});

test("cogniforge ask --json prints every event once, in order, and takes its question from standard input", async () => {
  await using server = await startServer({ environment: { ALLOW_MOCK_LLM: "true" }, config: MOCK });
  await using folder = await workFolder();
  const { code, stdout } = await cogniforge(["ask", "-", "--json", "--url", server.url], {
    directory: folder.path,
    environment: WITH_KEY,
    stdin: "Count, please",
  });
  const events = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.flatMap(({ type, text }) => (type === "text-delta" ? [text] : [])).join("")).toBe(TEXT);
  expect([events[0].type, events.at(-1).type, code]).toEqual(["answer-start", "answer-end", 0]);
});

test("cogniforge ask stops the answer on the server when it is interrupted", async () => {
  const config = {
    ...MOCK,
    providers: { slow: { dialect: "mock" as const, text: TEXT.repeat(100), paceMs: 50 } },
  } satisfies ConfigFile;
  await using server = await startServer({ environment: { ALLOW_MOCK_LLM: "true" }, config });
  await using folder = await workFolder();
  const { code, stdout } = await cogniforge(["ask", "--json", "Count", "--url", server.url], {
    directory: folder.path,
    environment: WITH_KEY,
    onStart: (child) => child.stdout?.once("data", () => child.kill("SIGINT")),
  });
  expect(code).toBe(130);
  const { answerId } = JSON.parse(stdout.split("\n", 1)[0] ?? "");
  const answer = await server.fetch(`/v1/answers/${answerId}`);
  expect(await answer.json()).toMatchObject({ status: "cancelled" });
});

test("cogniforge ask tells in both languages of a key that is missing, a server that is not there, and no question", async () => {
  await using server = await startServer({ environment: { ALLOW_MOCK_LLM: "true" } });
  await using folder = await workFolder();
  const directory = folder.path;
  const stranger = await cogniforge(["ask", "x", "--url", server.url], { directory });
  expect(stranger).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/COGNIFORGE_API_KEY[\s\S]+اضبط COGNIFORGE_API_KEY/),
  });
  const gone = await startServer({ environment: { ALLOW_MOCK_LLM: "true" } });
  await gone[Symbol.asyncDispose]();
  const nobody = await cogniforge(["ask", "x", "--url", gone.url], { directory, environment: WITH_KEY });
  expect(nobody).toMatchObject({ code: 1, stderr: expect.stringMatching(/Nothing answers[\s\S]+لا شيء يجيب/) });
  const nothing = await cogniforge(["ask"], { directory });
  expect(nothing).toMatchObject({ code: 2, stderr: expect.stringMatching(/Expected one question[\s\S]+المتوقع سؤال/) });
});

test("cogniforge backup, export and restore keep every answer, beside a server and after it", async () => {
  await using folder = await workFolder();
  const directory = folder.path;
  await writeFile(join(directory, "cogniforge.config.json"), JSON.stringify(MOCK));
  const environment = { ALLOW_MOCK_LLM: "true", ...WITH_KEY };
  const run = (...args: string[]) => cogniforge(args, { directory, environment });
  {
    await using child = await startChild(directory, environment);
    expect(await run("ask", "أول/سؤال", "--url", child.url)).toMatchObject({ code: 0 });
    const backup = await run("backup", "copy.sqlite");
    expect(backup).toMatchObject({ code: 0, stderr: expect.stringContaining("conversations: 1, answers: 1") });
    expect(await run("backup", "copy.sqlite")).toMatchObject({ code: 2 });
    const refused = await run("restore", "copy.sqlite");
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/has the database open[\s\S]+يفتح خادم/) });
    expect(await run("ask", "second", "--url", child.url)).toMatchObject({ code: 0 });

    expect(await run("export", "--out", "markdown")).toMatchObject({ code: 0 });
    expect((await readdir(join(directory, "markdown"))).toSorted()).toEqual(["second.md", "أول سؤال.md"]);
    expect(await readFile(join(directory, "markdown", "second.md"), "utf8")).toContain(TEXT);
    expect(await run("export", "--format", "json", "--owner", "key:bootstrap", "--out", "json")).toMatchObject({
      code: 0,
    });
    const exported = JSON.parse(await readFile(join(directory, "json", "second.json"), "utf8"));
    expect(exported).toMatchObject({ object: "conversation", turns: [{ answer: { text: TEXT } }] });
    const unknown = await run("export", "--owner", "nobody@example.com");
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("key:bootstrap (2)") });
  }

  const restored = await run("restore", "copy.sqlite", "--lang", "ar");
  expect(restored).toMatchObject({ code: 0, stderr: expect.stringContaining("(المحادثات: 1)") });
  const names = await readdir(join(directory, "data"));
  const aside = names.find((name) => name.startsWith("cogniforge.sqlite.before-restore-")) ?? "";
  const before = new DatabaseSync(join(directory, "data", aside), { readOnly: true });
  expect(before.prepare("SELECT COUNT(*) AS n FROM conversations").get()).toEqual({ n: 2 });
  before.close();
  await using again = await startChild(directory, environment);
  expect(await run("export", "--out", "after")).toMatchObject({ code: 0 });
  expect(await readdir(join(directory, "after"))).toEqual(["أول سؤال.md"]);
  expect(await run("ask", "third", "--url", again.url)).toMatchObject({ code: 0 });
});

test("cogniforge restore refuses what is no backup and changes nothing, and replaces a damaged database", async () => {
  await using server = await startServer({ environment: { ALLOW_MOCK_LLM: "true" } });
  await using folder = await workFolder();
  const directory = folder.path;
  const run = (...args: string[]) => cogniforge(args, { directory, environment: { COGNIFORGE_DATA_DIR: directory } });
  const database = join(directory, "cogniforge.sqlite");
  await writeFile(database, "damaged ".repeat(1000));
  await writeFile(join(directory, "no.sqlite"), "nothing ".repeat(1000));
  new DatabaseSync(join(directory, "other.sqlite")).exec("CREATE TABLE other (x)");
  for (const file of ["no.sqlite", "other.sqlite", "missing.sqlite"]) {
    const refused = () => restore(join(directory, file), directory);
    expect(refused, file).toThrow(expect.objectContaining({ name: "StorageOpenError", reason: "damaged" }));
  }
  expect(await readFile(database, "utf8")).toMatch(/^damaged/);
  const other = { directory, environment: { COGNIFORGE_DATA_DIR: join(server.directory, "data") } };
  expect(await cogniforge(["backup", "good.sqlite"], other)).toMatchObject({ code: 0 });
  expect(await run("restore", "good.sqlite")).toMatchObject({ code: 0 });
  expect((await readFile(database)).subarray(0, 15).toString()).toBe("SQLite format 3");
  expect((await readdir(directory)).filter((name) => name.includes(".before-restore-"))).toHaveLength(1);
  expect(existsSync(`${database}.incoming`)).toBe(false);
});

test("cogniforge help and mistakes come in both languages, with 2 for a mistake", async () => {
  await using folder = await workFolder();
  const { path: directory } = folder;
  expect(await cogniforge(["help"], { directory })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("Usage"),
  });
  const arabic = await cogniforge(["verify", "--help"], { directory, environment: { COGNIFORGE_LANG: "ar" } });
  expect(arabic).toMatchObject({ code: 0, stdout: expect.stringContaining("الاستعمال") });
  const unknown = await cogniforge(["fly"], { directory });
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringMatching(/no command 'fly'[\s\S]+لا يوجد أمر/) });
  const option = await cogniforge(["restore", "--quick"], { directory });
  expect(option).toMatchObject({ code: 2, stderr: expect.stringMatching(/--quick[\s\S]+خيار غير صحيح/) });
});
