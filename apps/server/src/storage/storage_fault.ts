import type { Bilingual } from "@cogniforge/core/events";
import type { PostgresFault } from "./postgres/postgres_fault.ts";
import { POSTGRES_FAULT_REMEDIES, POSTGRES_FAULT_TEXTS, postgresFaultOf } from "./postgres/postgres_fault.ts";
import { DamagedRowError } from "./stored_events.ts";

type SqliteFault = "disk-full" | "locked" | "damaged" | "not-writable";
type RedisFault = "redis-unreachable" | "redis-full" | "redis-refused";

/** What keeps a database from being read or written, in the words of a remedy. */
export type StorageFault = SqliteFault | PostgresFault | RedisFault;

/** A fault of a store whose own errors carry no code that tells it. */
export class StorageFaultError extends Error {
  override readonly name = "StorageFaultError";
  readonly fault: StorageFault;

  constructor(fault: StorageFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** Primary result codes of SQLite: https://sqlite.org/rescode.html */
const FAULTS: Readonly<Record<number, SqliteFault>> = {
  5: "locked",
  6: "locked",
  8: "not-writable",
  10: "not-writable",
  11: "damaged",
  13: "disk-full",
  14: "not-writable",
  26: "damaged",
};

const SYSTEM_FAULTS: Readonly<Record<string, SqliteFault>> = {
  ENOSPC: "disk-full",
  EDQUOT: "disk-full",
  EACCES: "not-writable",
  EPERM: "not-writable",
  EROFS: "not-writable",
  ENOTDIR: "not-writable",
  EIO: "not-writable",
};

/** The fault behind an error of a store or of the file system; `undefined` for an error that is no fault of the storage. */
export function storageFaultOf(error: unknown): StorageFault | undefined {
  if (error instanceof DamagedRowError) return "damaged";
  if (error instanceof StorageFaultError) return error.fault;
  const postgres = postgresFaultOf(error);
  if (postgres !== undefined) return postgres;
  const { errcode, code } = (error ?? {}) as { errcode?: unknown; code?: unknown };
  // The low byte is the primary code, the rest extends it.
  if (typeof errcode === "number") return FAULTS[errcode & 0xff];
  return typeof code === "string" ? SYSTEM_FAULTS[code] : undefined;
}

/** What happened, in a sentence. */
export const STORAGE_FAULT_TEXTS: Readonly<Record<StorageFault, Bilingual>> = {
  ...POSTGRES_FAULT_TEXTS,
  "disk-full": { en: "The disk is full", ar: "القرص ممتلئ" },
  locked: {
    en: "Another process holds the database",
    ar: "تحجز عملية أخرى قاعدة البيانات",
  },
  damaged: {
    en: "The database is damaged, or the file is no SQLite database",
    ar: "قاعدة البيانات تالفة أو أنّ الملف ليس قاعدة بيانات SQLite",
  },
  "not-writable": { en: "The database cannot be written", ar: "تتعذّر الكتابة في قاعدة البيانات" },
  "redis-unreachable": { en: "Redis cannot be reached", ar: "يتعذّر الوصول إلى Redis" },
  "redis-full": { en: "The memory of Redis is full", ar: "ذاكرة Redis ممتلئة" },
  "redis-refused": { en: "Redis refuses to work", ar: "يرفض Redis تنفيذ العمل" },
};

/** What to do about it. */
export const STORAGE_FAULT_REMEDIES: Readonly<Record<StorageFault, Bilingual>> = {
  ...POSTGRES_FAULT_REMEDIES,
  "disk-full": {
    en: "Make room on the disk, or set COGNIFORGE_DATA_DIR to a directory on another one. What was acknowledged is kept",
    ar: "أفرِغ مساحة على القرص، أو اضبط COGNIFORGE_DATA_DIR على مجلد في قرص آخر. وما تم تأكيد حفظه لا يضيع",
  },
  locked: {
    en: "Stop the other program that has the file open (a second server, a database browser, a backup), then try again",
    ar: "أوقف البرنامج الآخر الذي يفتح الملف (خادم ثانٍ أو متصفح قواعد بيانات أو نسخ احتياطي)، ثم أعد المحاولة",
  },
  damaged: {
    en: "Restore a backup (npm run cogniforge -- restore FILE), or move the file away to begin with an empty one",
    ar: "استرجع نسخة احتياطية (npm run cogniforge -- restore FILE)، أو انقل الملف من مكانه للبدء بقاعدة فارغة",
  },
  "not-writable": {
    en: "Check the disk and its quota, or set COGNIFORGE_DATA_DIR to a directory that this user may write",
    ar: "تحقّق من القرص ومن الحصة المخصّصة عليه، أو اضبط COGNIFORGE_DATA_DIR على مجلد يحق لهذا المستخدم الكتابة فيه",
  },
  "redis-unreachable": {
    en: "Check that Redis runs and that this server reaches the address in REDIS_URL. It is connected again by itself",
    ar: "تحقّق من أنّ Redis يعمل وأنّ هذا الخادم يصل إلى العنوان المضبوط في REDIS_URL. ويُعاد الاتصال به تلقائيًا",
  },
  "redis-full": {
    en: "Raise the 'maxmemory' of Redis. What was acknowledged is kept",
    ar: "ارفع قيمة 'maxmemory' في Redis. وما تم تأكيد حفظه لا يضيع",
  },
  "redis-refused": {
    en: "See the log of this server and that of Redis: a full disk, a missing permission or missing replicas keep it from writing",
    ar: "راجع سجل هذا الخادم وسجل Redis: قد يمنعه من الكتابة قرص ممتلئ أو صلاحية ناقصة أو غياب النسخ المطابقة",
  },
};

/** What happened, why, and what to do about it, in sentences; the last has no full stop. */
export function explainStorageFault(fault: StorageFault, why: string): Bilingual {
  const [text, remedy] = [STORAGE_FAULT_TEXTS[fault], STORAGE_FAULT_REMEDIES[fault]];
  return { en: `${text.en} (${why}). ${remedy.en}`, ar: `${text.ar} (${why}). ${remedy.ar}` };
}
