import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test, vi } from "vitest";
import type { Child } from "./_child.ts";
import { startChild } from "./_child.ts";
import { cogniforge, workFolder } from "./_command.ts";
import { storedText } from "./_readers.ts";
import { KEY } from "./_server.ts";
import type { SseReader } from "./_sse_reader.ts";
import { openSse, plainSse } from "./_sse_reader.ts";

vi.setConfig({ testTimeout: 180_000 });

const WITH_KEY = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
const TRIAL = { ALLOW_MOCK_LLM: "true" };

/** A folder whose default route says so many words, one every millisecond. */
async function talkative(words: number) {
  const folder = await workFolder();
  const text = Array.from({ length: words }, (_, index) => `كلمة${index} `).join("");
  const config = {
    providers: { slow: { dialect: "mock", text, paceMs: 1 } },
    routes: { default: { targets: [{ provider: "slow", model: "m" }] } },
  };
  await writeFile(join(folder.path, "cogniforge.config.json"), JSON.stringify(config));
  return { folder, text };
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => `answer-${index}`);

function askAll(child: Child, answerIds: readonly string[]): Promise<SseReader[]> {
  return Promise.all(answerIds.map((id) => openSse(`${child.url}${plainSse({ question: `Q ${id}`, answer_id: id })}`)));
}

const textOf = (reader: SseReader) =>
  reader
    .ofType("data")
    .map(({ json }) => json.data)
    .join("");

async function untilEnded(url: string, answerId: string): Promise<void> {
  const isEnded = async () => {
    const reply = await fetch(`${url}/v1/answers/${answerId}`, { headers: WITH_KEY });
    expect(await reply.json()).toMatchObject({ status: "completed" });
  };
  await vi.waitFor(isEnded, { timeout: 120_000, interval: 200 });
}

test("a quota that is used up in mid-answer is told in both languages, and what readers saw is kept and gone on with", async () => {
  const { folder, text } = await talkative(6_000);
  await using _folder = folder;
  const answerIds = ids(6);
  let seen: string[];
  {
    await using child = await startChild(folder.path, TRIAL, { fileBlocks: 4_000 });
    const readers = await askAll(child, answerIds);
    await vi.waitFor(async () => expect((await fetch(`${child.url}/readyz`)).status).toBe(503), {
      timeout: 60_000,
      interval: 100,
    });
    expect(await (await fetch(`${child.url}/readyz`)).json()).toMatchObject({ checks: { store: { ok: false } } });
    const refused = await fetch(`${child.url}/v1/chat/completions`, {
      method: "POST",
      headers: WITH_KEY,
      body: JSON.stringify({ model: "default", messages: [{ role: "user", content: "new" }] }),
    });
    expect(refused.status).toBe(503);
    const { error } = (await refused.json()) as { error: Record<string, string> };
    expect(error).toMatchObject({
      code: "storage",
      message: expect.stringContaining("cannot be written"),
      message_ar: expect.stringContaining("تتعذّر الكتابة"),
    });
    seen = readers.map(textOf);
    for (const reader of readers) reader.leave();
  }
  for (const one of seen) {
    expect(text.startsWith(one)).toBe(true);
    expect([one.length > 100, one.length < text.length], `${one.length} of ${text.length} characters`).toEqual([
      true,
      true,
    ]);
  }
  await using next = await startChild(folder.path, TRIAL);
  for (const [index, answerId] of answerIds.entries()) {
    await untilEnded(next.url, answerId);
    const stored = await storedText(next.url, answerId);
    expect(stored.startsWith(seen[index] ?? "?")).toBe(true);
  }
});

test("a backup made while answers stream has every character that was acknowledged before it, and they are gone on with after restore", async () => {
  const { folder } = await talkative(1_500);
  await using _folder = folder;
  const answerIds = ids(4);
  let seen: string[];
  {
    await using child = await startChild(folder.path, TRIAL);
    const readers = await askAll(child, answerIds);
    await Promise.all(readers.map((reader) => reader.until(({ json }) => json?.data?.includes("كلمة100 ") === true)));
    seen = readers.map(textOf);
    const run = { directory: folder.path, environment: { ...TRIAL, COGNIFORGE_API_KEY: KEY } };
    const made = await cogniforge(["backup", "copy.sqlite"], run);
    expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining("answers: 4") });
    for (const reader of readers) reader.leave();
  }
  await using other = await workFolder();
  const config = await readFile(join(folder.path, "cogniforge.config.json"));
  await writeFile(join(other.path, "cogniforge.config.json"), config);
  const run = { directory: other.path, environment: TRIAL };
  expect(await cogniforge(["restore", join(folder.path, "copy.sqlite")], run)).toMatchObject({ code: 0 });
  await using restored = await startChild(other.path, TRIAL);
  for (const [index, answerId] of answerIds.entries()) {
    expect(seen[index]?.length).toBeGreaterThan(500);
    await untilEnded(restored.url, answerId);
    const stored = await storedText(restored.url, answerId);
    expect(stored.startsWith(seen[index] ?? "?")).toBe(true);
  }
});

test("the program does not start over a database that is locked, damaged or newer, says why in both languages, and changes nothing", async () => {
  await using folder = await workFolder();
  const path = join(folder.path, "data", "cogniforge.sqlite");
  await (await startChild(folder.path, TRIAL))[Symbol.asyncDispose]();
  const start = () => startChild(folder.path, TRIAL);

  const other = new DatabaseSync(path);
  other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  await expect(start()).rejects.toThrow(/ended with 1[\s\S]*Another process holds[\s\S]*تحجز عملية أخرى/);
  other.exec("ROLLBACK; INSERT INTO kysely_migration VALUES ('9999_from_the_future', '2030-01-01')");
  other.close();
  await expect(start()).rejects.toThrow(/ended with 1[\s\S]*a newer version wrote it[\s\S]*إصدارًا أحدث/);

  const damaged = (await readFile(path)).fill(0xaa, 4096 * 3, 4096 * 20);
  await writeFile(path, damaged);
  await expect(start()).rejects.toThrow(
    /ended with 1[\s\S]*is damaged[\s\S]*Restore a backup[\s\S]*استرجع نسخة احتياطية/,
  );
  expect((await readFile(path)).equals(damaged)).toBe(true);
});
