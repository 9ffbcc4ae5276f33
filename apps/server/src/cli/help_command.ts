import type { ExitCode, Language, Terminal } from "./terminal.ts";
import { print } from "./terminal.ts";

const TEXTS: Readonly<Record<Language, string>> = {
  en: `cogniforge: the AI answer stream that does not break

Usage: cogniforge COMMAND [OPTIONS]      (or: npm run cogniforge -- COMMAND [OPTIONS])

  start                     starts the server and the console
  ask "QUESTION"            asks a running server and streams the answer; "-" reads the question from standard input
      --url URL             the server; by default COGNIFORGE_URL, else HOST and PORT on this machine
      --route NAME          the route, or provider/model
      --conversation ID     goes on with a conversation
      --json                prints every event as one JSON object a line
  verify                    tries everything that matters; ends with 1 when something is wrong
      --url URL             tries the doors through this public address as well
      --json                prints the results as JSON
  export                    writes conversations from the store as files
      --owner WHO           an e-mail address, or an owner's id; needed where the store has several
      --conversation ID     only this one
      --format FORMAT       markdown (default) or json
      --out FOLDER          by default a new folder "export"
  backup FILE               copies everything into one file while servers run, and verifies the copy
  restore FILE              puts a backup in the database's place, or into an empty PostgreSQL; servers must be stopped
  migrate --to URL          copies everything into a database of PostgreSQL, and verifies the copy; the server must be stopped
                            without --to: DATABASE_URL; what was cut off is gone on with by the same command
  keys list                 the keys of programs, never the keys themselves
  keys create --name NAME   makes a key, and shows it this one time
      --routes A,B          routes, or provider/model, that it may ask; by default all
      --expires WHEN        12h, 30d, 8w, or a day such as 2027-01-31; by default never
      --rate N              requests a minute;  --tokens N: tokens a minute;  --concurrent N: answers at the same time
      --budget USD/PERIOD   such as 5/day, 100/month or 500/total; may be repeated
  keys revoke ID            a running server refuses the key within a second
      --json                prints the result as JSON (list, create, revoke)
  help                      this text

Options of every command: --lang en|ar (else COGNIFORGE_LANG, LC_ALL, LC_MESSAGES, LANG), --help
Keys: ask takes COGNIFORGE_API_KEY from the environment or .env
Ends with 0 when done, 1 when it could not be done, 2 when the command was wrong
`,
  ar: `cogniforge: بث إجابات الذكاء الاصطناعي الذي لا ينقطع

الاستعمال: cogniforge COMMAND [OPTIONS]      (أو: npm run cogniforge -- COMMAND [OPTIONS])

  start                     يشغّل الخادم ولوحة التحكم
  ask "QUESTION"            يسأل خادمًا يعمل ويبث الإجابة؛ و"-" يقرأ السؤال من الدخل القياسي
      --url URL             عنوان الخادم؛ وإلا COGNIFORGE_URL، وإلا HOST وPORT على هذا الجهاز
      --route NAME          المسار، أو provider/model
      --conversation ID     يتابع محادثة
      --json                يطبع كل حدث ككائن JSON في سطر
  verify                    يجرّب كل ما يهم، وينتهي بالرمز 1 عند وجود خلل
      --url URL             يجرّب الأبواب عبر هذا العنوان العام أيضًا
      --json                يطبع النتائج بصيغة JSON
  export                    يكتب المحادثات من المخزن في ملفات
      --owner WHO           بريد إلكتروني أو معرّف المالك؛ لازم إن كان في المخزن أكثر من مالك
      --conversation ID     هذه المحادثة وحدها
      --format FORMAT       markdown (الافتراضي) أو json
      --out FOLDER          الافتراضي مجلد جديد باسم "export"
  backup FILE               ينسخ كل شيء إلى ملف واحد والخوادم تعمل، ويتحقق من النسخة
  restore FILE              يضع نسخة احتياطية مكان قاعدة البيانات، أو في PostgreSQL فارغة؛ ويجب إيقاف الخوادم أولًا
  migrate --to URL          ينسخ كل شيء إلى قاعدة بيانات PostgreSQL ويتحقق من النسخة؛ ويجب إيقاف الخادم أولًا
                            بلا ‎--to: DATABASE_URL؛ والأمر نفسه يتابع ما انقطع
  keys list                 يعرض مفاتيح البرامج، لا قيمها السرية
  keys create --name NAME   ينشئ مفتاحًا ويعرضه هذه المرة وحدها
      --routes A,B          المسارات، أو provider/model، المسموح بها؛ والافتراضي كلها
      --expires WHEN        مثل 12h أو 30d أو 8w أو يوم مثل 2027-01-31؛ والافتراضي أبدًا
      --rate N              طلبات في الدقيقة؛ و‎--tokens N رموز في الدقيقة؛ و‎--concurrent N إجابات في الوقت نفسه
      --budget USD/PERIOD   مثل 5/day أو 100/month أو 500/total؛ ويجوز تكراره
  keys revoke ID            يلغي مفتاحًا، ويرفضه الخادم العامل خلال ثانية
      --json                يطبع النتيجة بصيغة JSON (مع list وcreate وrevoke)
  help                      هذا النص

خيارات كل أمر: ‎--lang en|ar (وإلا COGNIFORGE_LANG ثم LC_ALL ثم LC_MESSAGES ثم LANG)، و‎--help
المفاتيح: يأخذ ask المفتاح COGNIFORGE_API_KEY من البيئة أو من ‎.env
رمز الخروج: 0 عند النجاح، و1 عند التعذّر، و2 عند خطأ في الأمر
`,
};

/** `cogniforge help`. */
export async function helpCommand(_args: string[], { language }: Terminal): Promise<ExitCode> {
  await print(TEXTS[language]);
  return 0;
}
