import type { Bilingual } from "@cogniforge/core/events";

/** What keeps PostgreSQL from being read or written, in the words of a remedy. */
export type PostgresFault =
  | "unreachable"
  | "sign-in-refused"
  | "no-such-database"
  | "no-rights"
  | "server-too-old"
  | "not-utf8"
  | "too-many-connections"
  | "too-slow"
  | "server-disk-full"
  | "server-read-only";

/** SQLSTATE codes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const FAULTS: Readonly<Record<string, PostgresFault>> = {
  "25006": "server-read-only",
  "28000": "sign-in-refused",
  "28P01": "sign-in-refused",
  "3D000": "no-such-database",
  "42501": "no-rights",
  "53100": "server-disk-full",
  "53300": "too-many-connections",
  "55P03": "too-slow",
  "57014": "too-slow",
  "57P01": "unreachable",
  "57P02": "unreachable",
  "57P03": "unreachable",
};

/** The connection was lost, or there was none to be had. */
export class PostgresConnectionError extends Error {
  override readonly name = "PostgresConnectionError";
  readonly fault: PostgresFault;

  constructor(fault: PostgresFault, cause: unknown) {
    super(cause instanceof Error ? messageOf(cause) : String(cause), { cause });
    this.fault = fault;
  }
}

/** The fault behind an error of PostgreSQL or of the way to it; `undefined` for an error that is no fault of the database. */
export function postgresFaultOf(error: unknown): PostgresFault | undefined {
  if (error instanceof PostgresConnectionError) return error.fault;
  return hasSqlState(error) ? FAULTS[error.code] : undefined;
}

/** Whether an error was told by the database itself. */
export function hasSqlState(error: unknown): error is Error & { code: string } {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown };
  return typeof severity === "string" && typeof code === "string" && /^[0-9A-Z]{5}$/.test(code);
}

/** An error for each address of a host has none of its own to show. */
function messageOf(error: Error): string {
  if (!(error instanceof AggregateError) || error.message !== "") return error.message;
  return error.errors.map((one) => (one instanceof Error ? one.message : String(one))).join(", ");
}

/** What happened, in a sentence. */
export const POSTGRES_FAULT_TEXTS: Readonly<Record<PostgresFault, Bilingual>> = {
  unreachable: { en: "PostgreSQL cannot be reached", ar: "يتعذّر الوصول إلى PostgreSQL" },
  "sign-in-refused": {
    en: "PostgreSQL refuses the user or the password",
    ar: "يرفض PostgreSQL اسم المستخدم أو كلمة المرور",
  },
  "no-such-database": {
    en: "There is no such database on PostgreSQL",
    ar: "لا توجد قاعدة بيانات بهذا الاسم في PostgreSQL",
  },
  "no-rights": {
    en: "The user of PostgreSQL may not do what is needed",
    ar: "لا يملك مستخدم PostgreSQL الصلاحيات اللازمة",
  },
  "server-too-old": { en: "PostgreSQL is older than version 14", ar: "إصدار PostgreSQL أقدم من 14" },
  "not-utf8": {
    en: "The database on PostgreSQL is not encoded as UTF-8",
    ar: "ترميز قاعدة البيانات في PostgreSQL ليس UTF-8",
  },
  "too-many-connections": {
    en: "PostgreSQL has no connection left",
    ar: "لم يبقَ في PostgreSQL اتصال متاح",
  },
  "too-slow": { en: "PostgreSQL did not answer in time", ar: "لم يُجب PostgreSQL في الوقت المحدد" },
  "server-disk-full": { en: "The disk of PostgreSQL is full", ar: "قرص PostgreSQL ممتلئ" },
  "server-read-only": { en: "PostgreSQL can only be read at present", ar: "لا يقبل PostgreSQL الكتابة الآن" },
};

/** What to do about it. */
export const POSTGRES_FAULT_REMEDIES: Readonly<Record<PostgresFault, Bilingual>> = {
  unreachable: {
    en: "Check that PostgreSQL runs, that the host and the port in DATABASE_URL are right, and that no firewall is in between",
    ar: "تحقّق من أنّ PostgreSQL يعمل، ومن صحة المضيف والمنفذ في DATABASE_URL، ومن عدم وجود جدار حماية بينهما",
  },
  "sign-in-refused": {
    en: "Check the user and the password in DATABASE_URL; special characters of a password are written percent-encoded",
    ar: "تحقّق من المستخدم وكلمة المرور في DATABASE_URL؛ وتُكتب الرموز الخاصة في كلمة المرور بترميز النسبة المئوية",
  },
  "no-such-database": {
    en: "Create it (CREATE DATABASE … ENCODING 'UTF8'), or name another one in DATABASE_URL",
    ar: "أنشئها (CREATE DATABASE … ENCODING 'UTF8')، أو سمِّ غيرها في DATABASE_URL",
  },
  "no-rights": {
    en: "Make the user the owner of the database, or grant it the schema: GRANT ALL ON SCHEMA public TO …",
    ar: "اجعل المستخدم مالكًا لقاعدة البيانات، أو امنحه المخطط: GRANT ALL ON SCHEMA public TO …",
  },
  "server-too-old": { en: "Use PostgreSQL 14 or newer", ar: "استعمل PostgreSQL 14 أو أحدث" },
  "not-utf8": {
    en: "Create another one with ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL",
    ar: "أنشئ قاعدة أخرى بالخيارات ENCODING 'UTF8' TEMPLATE template0، وسمِّها في DATABASE_URL",
  },
  "too-many-connections": {
    en: "Raise max_connections of PostgreSQL, or let fewer servers and programs use it at the same time",
    ar: "ارفع max_connections في PostgreSQL، أو قلّل عدد الخوادم والبرامج التي تستعمله في الوقت نفسه",
  },
  "too-slow": {
    en: "Look for statements that hold locks or keep PostgreSQL busy (pg_stat_activity), then try again",
    ar: "ابحث عن الأوامر التي تحجز الأقفال أو تشغل PostgreSQL (pg_stat_activity)، ثم أعد المحاولة",
  },
  "server-disk-full": {
    en: "Make room on the disk of PostgreSQL. What was acknowledged is kept",
    ar: "أفرِغ مساحة على قرص PostgreSQL. وما تم تأكيد حفظه لا يضيع",
  },
  "server-read-only": {
    en: "Name the primary server in DATABASE_URL, not one of its copies",
    ar: "سمِّ في DATABASE_URL الخادم الأساسي، لا إحدى نسخه",
  },
};
