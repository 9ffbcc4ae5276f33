import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DATABASE_FILE, STORAGE_FAULT_REMEDIES, STORAGE_FAULT_TEXTS, storageFaultOf } from "../storage/mod.ts";
import type { CheckResult } from "./check.ts";
import { say } from "./check.ts";
import { inspectDatabase } from "./inspect_database.ts";
import type { Patient } from "./patient.ts";
import { checkRetention } from "./retention_check.ts";

const MEGABYTE = 2 ** 20;
/** Below this a long answer may not fit, with the log that the database keeps of it. */
const TOO_LITTLE = 50 * MEGABYTE;
const LITTLE = 500 * MEGABYTE;

/** Where everything is kept: the folder, the room that is left, and the database. */
export async function* checkStore({ config, server, signal }: Patient): AsyncGenerator<CheckResult> {
  if (config === undefined) {
    const message = say(
      "The data folder is known once the configuration is right",
      "يُعرف مجلد البيانات بعد تصحيح الإعدادات",
    );
    yield { id: "store", status: "skipped", message };
    return;
  }
  if (config.shared !== undefined) {
    // One file needs no client of PostgreSQL and Redis in memory.
    const { checkSharedStores } = await import("./shared_store_check.ts");
    yield* checkSharedStores(config.shared);
    yield checkRetention(config.retention);
    return;
  }
  const directory = config.dataDirectory;
  const folder = await checkFolder(directory);
  yield folder;
  if (folder.status !== "ok") return;
  yield await checkSpace(directory);
  yield await checkDatabase(
    join(directory, DATABASE_FILE),
    signal,
    server?.kind === "own" || server?.kind === "running",
  );
  yield checkRetention(config.retention);
}

async function checkFolder(directory: string): Promise<CheckResult> {
  const id = "store.folder";
  const bytes = randomBytes(4096);
  const file = join(directory, `.doctor-${randomBytes(6).toString("hex")}`);
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(file, bytes, { flag: "wx", flush: true });
    const isSame = bytes.equals(await readFile(file));
    await rm(file);
    if (!isSame) throw new Error("what was read back is not what was written");
  } catch (error) {
    const fault = storageFaultOf(error) ?? "not-writable";
    const why = error instanceof Error ? error.message : String(error);
    return {
      id,
      status: "error",
      message: say(
        `The data folder ${directory} cannot be written: ${why}`,
        `تتعذّر الكتابة في مجلد البيانات ${directory}: ‏${why}`,
      ),
      remedy: STORAGE_FAULT_REMEDIES[fault],
      details: { directory, fault },
    };
  }
  const message = say(`${directory} can be written and read back`, `المجلد ${directory} يقبل الكتابة والقراءة`);
  return { id, status: "ok", message, details: { directory } };
}

async function checkSpace(directory: string): Promise<CheckResult> {
  const id = "store.space";
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  const megabytes = Math.floor(free / MEGABYTE);
  const message = say(`Free on the disk: ${megabytes} MB`, `المساحة الخالية على القرص: ${megabytes} ميغابايت`);
  const details = { freeMegabytes: megabytes };
  if (free >= LITTLE) return { id, status: "ok", message, details };
  const status = free < TOO_LITTLE ? "error" : "warning";
  return { id, status, message, remedy: STORAGE_FAULT_REMEDIES["disk-full"], details };
}

async function checkDatabase(path: string, signal: AbortSignal, isServed: boolean): Promise<CheckResult> {
  const id = "store.database";
  if (!existsSync(path)) {
    const message = say("No database yet: the first start makes it", "لا توجد قاعدة بيانات بعد: سينشئها أول تشغيل");
    return { id, status: "skipped", message };
  }
  const found = await inspectDatabase(path, signal);
  if (found.fault === undefined) {
    const megabytes = Math.ceil(found.bytes / MEGABYTE);
    return {
      id,
      status: "ok",
      message: say(
        `The database is whole (${megabytes} MB) and takes writes`,
        `قاعدة البيانات سليمة (${megabytes} ميغابايت) وتقبل الكتابة`,
      ),
      details: { bytes: found.bytes, tookMs: found.tookMs },
    };
  }
  const text = STORAGE_FAULT_TEXTS[found.fault];
  return {
    id,
    // While a server writes, its own transactions may hold the file for a moment.
    status: found.fault === "locked" && isServed ? "warning" : "error",
    message: say(`${text.en}: ${found.why}`, `${text.ar}: ‏${found.why}`),
    remedy: STORAGE_FAULT_REMEDIES[found.fault],
    details: { fault: found.fault, path },
  };
}
