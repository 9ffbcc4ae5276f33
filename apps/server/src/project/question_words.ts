/** What a question asks about, in words that can stand in names of files and symbols. */
export interface QuestionWords {
  /** Lower case; each at least two characters. */
  words: readonly string[];
  /** Runs that look like paths or names of files, lower case. */
  paths: readonly string[];
}

const STOP_WORDS = new Set(
  (
    "the and for with what how why where when which who does can could would should this that these those are was were has have had not " +
    "its it's his her our your their from into about there here please tell explain describe analyse analyze show list give suggest " +
    "project code codebase repository repo file files folder structure improve improvements improvement weak weakness weaknesses points " +
    "is in of on to me my we us do did be by an as at or if so no any all some more most main used use using work works make find " +
    "ما هي هو هل من في على الى إلى عن مع هذا هذه ذلك تلك التي الذي كيف لماذا متى اين أين كم أو ثم كل بعض جميع عند بين قبل بعد يمكن " +
    "المشروع مشروع مشروعي مشروعنا ملف ملفات الملف الملفات الكود كود اشرح حلل بنية البنية نقاط ضعف الضعف تحسين تحسينات اقترح اذكر وضح لي لنا"
  ).split(" "),
);

/** What an Arabic word for a thing of programs is called in names: questions in Arabic are about files in English. */
const TOPICS: readonly (readonly [arabic: RegExp, names: readonly string[]])[] = [
  [/اختبار|فحص/, ["test", "tests", "spec"]],
  [
    /قاعد[ةه] ?(?:ال)?بيانات|قواعد ?(?:ال)?بيانات|جداول/,
    ["database", "db", "sql", "migration", "schema", "storage", "model"],
  ],
  [/مصادق[ةه]|تسجيل الدخول|دخول|صلاحي/, ["auth", "login", "session", "permission", "role"]],
  [/مستخدم/, ["user", "users", "account"]],
  [/[أا]مان|[أا]مني|حماي[ةه]|ثغر/, ["security", "auth", "crypto", "secret", "sanitize", "csrf"]],
  [/واجه[ةه]|صفح[ةه]|صفحات/, ["ui", "page", "view", "component", "frontend", "app"]],
  [/خادم|سيرفر/, ["server", "api", "backend"]],
  [/[إا]عداد|تهيئ[ةه]|ضبط/, ["config", "settings", "setup", "env"]],
  [/مسار|توجيه/, ["route", "router", "routes", "path"]],
  [/[أا]خطاء|خط[أا]|استثناء/, ["error", "errors", "exception", "failure"]],
  [/بناء|تجميع/, ["build", "bundle", "compile"]],
  [/نشر|تشغيل|حاوي/, ["deploy", "docker", "compose", "start", "main", "run"]],
  [/توثيق|وثائق|مستند/, ["docs", "readme", "documentation"]],
  [/[أا]داء|سرع[ةه]|بط[يؤ]/, ["performance", "cache", "benchmark", "metrics"]],
  [/بث|تدفق/, ["stream", "sse", "streaming", "websocket"]],
  [/رسال[ةه]|رسائل|محادث|دردش/, ["message", "chat", "conversation"]],
  [/سجل|سجلات/, ["log", "logger", "logging", "audit"]],
  [/ذاكر[ةه]|تخزين/, ["cache", "storage", "store", "memory"]],
  [/شبك[ةه]|اتصال/, ["network", "http", "client", "connection"]],
  [/مفتاح|مفاتيح/, ["key", "keys", "token"]],
  [/ترجم|لغ[ةه]|لغات/, ["i18n", "locale", "messages", "translation"]],
  [/تبعي|مكتب[ةه]|مكتبات|حزم/, ["package", "requirements", "dependencies", "lib"]],
  [/نموذج|نماذج/, ["model", "models", "provider", "schema"]],
  [/دفع|فاتور/, ["payment", "billing", "invoice", "price"]],
];

/** The words of a question, names in it taken apart as programmers put them together. */
export function questionWords(question: string): QuestionWords {
  const text = question.normalize("NFC").slice(0, 20_000);
  const paths = new Set<string>();
  const words = new Set<string>();
  for (const [run] of text.matchAll(/[\p{L}\p{N}_$@./\\-]+/gu)) {
    const trimmed = run.replace(/^[./\\-]+|[./\\-]+$/g, "").replaceAll("\\", "/");
    if (/[./]/.test(trimmed) && /\p{L}/u.test(trimmed)) paths.add(trimmed.toLowerCase());
    for (const word of [trimmed, ...namePartsOf(trimmed)]) add(words, word);
  }
  for (const [arabic, names] of TOPICS) if (arabic.test(text)) for (const name of names) words.add(name);
  return { words: [...words].slice(0, 200), paths: [...paths].slice(0, 100) };
}

/** `answerService`, `answer_service` and `answer-service.ts` are the same two words. */
export function namePartsOf(name: string): string[] {
  return name
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2")
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

function add(words: Set<string>, word: string): void {
  const plain = word.toLowerCase();
  if (plain.length < 2 || STOP_WORDS.has(plain) || /^\p{N}+$/u.test(plain)) return;
  words.add(plain);
  // An Arabic article or preposition before the word.
  const bare = /^(?:وال|بال|كال|فال|ال|لل)(?=\p{Script=Arabic}{3})/u.exec(plain)?.[0];
  if (bare !== undefined && !STOP_WORDS.has(plain.slice(bare.length))) words.add(plain.slice(bare.length));
  if (/^[a-z]{4,}s$/.test(plain) && !plain.endsWith("ss")) words.add(plain.slice(0, -1));
}

const PROJECT =
  /\b(?:(?:this|the|our|my|your) (?:whole |entire )?(?:project|code ?base|repository|repo|source code)|project(?:'s)? (?:structure|architecture|weak(?:ness(?:es)?| points)|files?|code))\b|(?:^|[^\p{L}])(?:و|ب|ل|ف|ك)?(?:المشروع|مشروعنا|مشروعي|المستودع|الكود|الشيفرة المصدرية)(?![\p{L}])/iu;

/** Whether a question speaks of the project by itself, for those that can't say so beside it. */
export function speaksOfProject(question: string): boolean {
  return PROJECT.test(question);
}
