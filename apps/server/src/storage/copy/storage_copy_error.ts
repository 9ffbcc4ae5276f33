import type { Bilingual } from "@cogniforge/core/events";

/** Why records could not be copied into another database; the texts name the way out. */
export class StorageCopyError extends Error {
  override readonly name = "StorageCopyError";
  readonly text: Bilingual;

  constructor(text: Bilingual) {
    super(text.en);
    this.text = text;
  }
}

/** The target has something that the source does not have. */
export function otherData(table: string): StorageCopyError {
  return new StorageCopyError({
    en: `Nothing was copied as the target holds other data: its table '${table}' has rows that the source does not have, or has otherwise. Name an empty database, or one into which the same source was copied before`,
    ar: `لم يُنسخ شيء لأنّ قاعدة الوجهة تحتوي بيانات أخرى: في جدولها '${table}' صفوف ليست في المصدر، أو تختلف عمّا فيه. سمِّ قاعدة فارغة، أو قاعدة بدأ فيها نسخ المصدر نفسه من قبل`,
  });
}

/** What was copied is not what was there. */
export function notTheSame(table: string): StorageCopyError {
  return new StorageCopyError({
    en: `The copy is not the same as the source: its table '${table}' differs. Make sure that no server uses either database, empty the target, then copy again`,
    ar: `النسخة لا تطابق المصدر: جدولها '${table}' مختلف. تأكّد من أنّ أيّ خادم لا يستعمل إحدى القاعدتين، وأفرغ قاعدة الوجهة، ثم أعد النسخ`,
  });
}

/** Servers have the target open, or commands that write there. */
export function targetInUse(count: number): StorageCopyError {
  return new StorageCopyError({
    en: `Nothing was copied as the target is in use by ${count} servers or commands: stop them, then copy again`,
    ar: `لم يُنسخ شيء لأنّ قاعدة الوجهة مستعملة، وعدد الخوادم والأوامر التي تستعملها ${count}: أوقفها ثم أعد النسخ`,
  });
}

/** Answers of the source run, or their server has died and was not started again. */
export function stillRunning(count: number): StorageCopyError {
  return new StorageCopyError({
    en: `Nothing was copied as ${count} answers have not ended: start the server once, which ends them, stop it, then copy again`,
    ar: `لم يُنسخ شيء لأنّ عدد الإجابات التي لم تنتهِ ${count}: شغّل الخادم مرة واحدة لينهيها، ثم أوقفه وأعد النسخ`,
  });
}

/** Somebody wrote into the source while it was copied. */
export function sourceChanged(): StorageCopyError {
  return new StorageCopyError({
    en: "The source was changed while it was copied, so that the copy is older than it: stop the server, empty the target, then copy again",
    ar: "تغيّر المصدر أثناء النسخ فأصبحت النسخة أقدم منه: أوقف الخادم، وأفرغ قاعدة الوجهة، ثم أعد النسخ",
  });
}

/** What was written into a backup is not what was read. */
export function backupDiffers(table: string): StorageCopyError {
  return new StorageCopyError({
    en: `Nothing was kept as the backup is not the same as the database: its table '${table}' differs. Check the disk, then back up again`,
    ar: `لم يُحفظ شيء لأنّ النسخة الاحتياطية لا تطابق قاعدة البيانات: جدولها '${table}' مختلف. افحص القرص ثم أعد النسخ`,
  });
}
