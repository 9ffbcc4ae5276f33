import type { Bilingual } from "@cogniforge/core/events";

/** Why Redis can't be used. */
export type RedisOpenReason =
  | "bad-url"
  | "unreachable"
  | "credentials"
  | "database"
  | "too-old"
  | "is-cluster"
  | "is-replica"
  | "evicts"
  | "not-durable"
  | "forbidden";

/** What is wrong, and what to do about it; the address goes before it, what Redis said after it. */
const TEXTS: Readonly<Record<RedisOpenReason, Bilingual>> = {
  "bad-url": {
    en: "This is no address of Redis. Expected redis://[user:password@]host[:port][/database], redis+sentinel://host,host?master=name or redis+cluster://host,host (rediss for TLS), with the password percent-encoded",
    ar: "هذا ليس عنوان Redis. المتوقع redis://[user:password@]host[:port][/database]‎ أو redis+sentinel://host,host?master=name أو redis+cluster://host,host (مع rediss لاستعمال TLS)، وبترميز كلمة المرور بالنسبة المئوية",
  },
  unreachable: {
    en: "Redis did not answer within five seconds. Check that it runs, its address and the network",
    ar: "لم يُجب Redis خلال خمس ثوانٍ. تحقّق من أنّه يعمل ومن عنوانه ومن الشبكة",
  },
  credentials: {
    en: "Redis refuses the user or the password. Set them in REDIS_URL as redis://user:password@host, or redis://:password@host",
    ar: "يرفض Redis اسم المستخدم أو كلمة المرور. اضبطهما في REDIS_URL على الشكل redis://user:password@host أو redis://:password@host",
  },
  database: {
    en: "Redis has no database of this number. Name another one at the end of REDIS_URL, or none",
    ar: "لا توجد في Redis قاعدة بيانات بهذا الرقم. اذكر رقمًا آخر في نهاية REDIS_URL، أو لا تذكر رقمًا",
  },
  "too-old": {
    en: "Redis is too old. Run Redis 6.2 or later (a Cluster: 7.0), or Valkey",
    ar: "إصدار Redis قديم جدًا. شغّل Redis 6.2 أو أحدث (والعنقود Cluster: 7.0)، أو Valkey",
  },
  "is-cluster": {
    en: "This server belongs to a Redis Cluster. Write REDIS_URL as redis+cluster://host,host",
    ar: "ينتمي هذا الخادم إلى عنقود Redis Cluster. اكتب REDIS_URL على الشكل redis+cluster://host,host",
  },
  "is-replica": {
    en: "This server is a replica and can't be written. Name its master in REDIS_URL, or its Sentinels",
    ar: "هذا الخادم نسخة مطابقة (replica) لا تقبل الكتابة. اذكر الخادم الرئيس في REDIS_URL، أو خوادم Sentinel الخاصة به",
  },
  evicts: {
    en: "Redis would delete answers that still run when its memory is full. Set 'maxmemory-policy' to noeviction",
    ar: "سيحذف Redis إجابات لا تزال جارية عند امتلاء ذاكرته. اضبط 'maxmemory-policy' على noeviction",
  },
  "not-durable": {
    en: "Redis does not keep what it acknowledges as safely as was asked for",
    ar: "لا يحفظ Redis ما يؤكده بالأمان المطلوب",
  },
  forbidden: {
    en: "Redis does not allow this user what the server needs: scripts, channels, and all keys that begin with 'cogniforge:'",
    ar: "لا يسمح Redis لهذا المستخدم بما يحتاج إليه الخادم: السكربتات والقنوات وجميع المفاتيح التي تبدأ بـ 'cogniforge:'",
  },
};

/** Why Redis could not be opened; the texts name the address without its password, and the way out. */
export class RedisOpenError extends Error {
  override readonly name = "RedisOpenError";
  readonly reason: RedisOpenReason;
  readonly text: Bilingual;

  /**
   * @param shown The address without its password.
   * @param detail What was found, or what Redis said.
   */
  constructor(reason: RedisOpenReason, shown: string, detail?: string, options?: ErrorOptions) {
    const { en, ar } = TEXTS[reason];
    const found = detail === undefined ? "" : ` (${detail})`;
    const text = { en: `Redis at ${shown}: ${en}${found}`, ar: `Redis على العنوان ${shown}: ${ar}${found}` };
    super(text.en, options);
    this.reason = reason;
    this.text = text;
  }

  /** In both languages, each on its own line. */
  format(): string {
    return `${this.text.en}\n${this.text.ar}`;
  }
}
