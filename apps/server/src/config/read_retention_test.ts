import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempFolder } from "../storage/temp_folder.ts";
import { loadConfig } from "./mod.ts";

const DAY = 86_400_000;

async function load(environment: Record<string, string>, retention?: unknown) {
  await using folder = await tempFolder();
  if (retention !== undefined) {
    await writeFile(join(folder.path, "cogniforge.config.json"), JSON.stringify({ retention }));
  }
  return await loadConfig({ environment, directory: folder.path });
}

test("loadConfig() keeps conversations for ever, and the rest for its time, unless told otherwise", async () => {
  const { retention, drainMs } = await load({});
  expect(retention).toEqual({
    compactAfterMs: DAY,
    answersMs: 30 * DAY,
    measuresMs: 90 * DAY,
    auditMs: 365 * DAY,
  });
  expect(drainMs).toBe(10_000);
});

test("loadConfig() takes retention from the file, and from a variable before it; 0 is for ever", async () => {
  const file = { compactAfterHours: 0, conversationDays: 100, answerDays: 5, auditDays: 10 };
  const environment = { COGNIFORGE_KEEP_AUDIT_DAYS: "0", COGNIFORGE_KEEP_ANSWERS_DAYS: "7" };
  const { retention } = await load(environment, file);
  expect(retention).toEqual({ conversationsMs: 100 * DAY, answersMs: 7 * DAY, measuresMs: 90 * DAY });
});

test("loadConfig() tells of retention that is wrong, in both languages", async () => {
  await expect(load({ COGNIFORGE_KEEP_ANSWERS_DAYS: "soon" })).rejects.toMatchObject({
    errors: [{ path: "COGNIFORGE_KEEP_ANSWERS_DAYS", message: { ar: expect.stringContaining("عدد صحيح") } }],
  });
  await expect(load({}, { auditDay: 3, answerDays: -1 })).rejects.toThrow(/auditDay[\s\S]*auditDays[\s\S]*/);
});
