import type { Bilingual } from "../events/mod.ts";

/** What a measure is counted in. Times are kept in milliseconds and exposed in seconds, as Prometheus wants them. */
export type MeasureUnit = "seconds" | "tokens" | "tokens-per-second" | "dollars" | "bytes" | "count";

/** One row of the catalogue. */
export interface Measure {
  /** As the scrape exposes it. */
  readonly name: string;
  readonly kind: "counter" | "gauge" | "histogram";
  readonly unit: MeasureUnit;
  readonly labels: readonly string[];
  /** Of a histogram: the bounds that are exposed, as powers of two of what is observed, first and last. */
  readonly buckets?: readonly [first: number, last: number];
  readonly meaning: Bilingual;
}

const TARGET = ["provider", "model"] as const;

/** 1 ms to 131 s. */
const SHORT = [0, 17] as const;
/** 16 ms to 17 min: answers may take ten. */
const LONG = [4, 20] as const;
/** 1/16 ms to 4 s. */
const FINE = [-4, 12] as const;

/** Every measure there is: the scrape, the API and the console's charts read it here. */
export const CATALOGUE = {
  answersStarted: {
    name: "cogniforge_answers_started_total",
    kind: "counter",
    unit: "count",
    labels: ["route"],
    meaning: {
      en: "Answers that were accepted, or taken up from a dead process",
      ar: "الإجابات التي قُبلت، أو استُؤنفت بعد توقف عملية",
    },
  },
  answersEnded: {
    name: "cogniforge_answers_ended_total",
    kind: "counter",
    unit: "count",
    labels: ["route", "outcome"],
    meaning: { en: "Answers that ended, by outcome", ar: "الإجابات المنتهية بحسب نتيجتها" },
  },
  answersFailed: {
    name: "cogniforge_answers_failed_total",
    kind: "counter",
    unit: "count",
    labels: ["route", "code"],
    meaning: { en: "Answers that failed, by the failure's code", ar: "الإجابات الفاشلة بحسب رمز الفشل" },
  },
  answersRescued: {
    name: "cogniforge_answers_rescued_total",
    kind: "counter",
    unit: "count",
    labels: ["route"],
    meaning: {
      en: "Answers that were completed after a cut in the middle of their text",
      ar: "إجابات اكتملت بعد انقطاع في وسط نصها",
    },
  },
  answersFellBack: {
    name: "cogniforge_answers_fell_back_total",
    kind: "counter",
    unit: "count",
    labels: ["route"],
    meaning: {
      en: "Answers that another attempt completed before readers had any text",
      ar: "إجابات أكملتها محاولة أخرى قبل أن يصل القارئ أي نص",
    },
  },
  answersIncomplete: {
    name: "cogniforge_answers_incomplete_total",
    kind: "counter",
    unit: "count",
    labels: ["route"],
    meaning: { en: "Answers that failed with a part of their text delivered", ar: "إجابات فشلت بعد تسليم جزء من نصها" },
  },
  attempts: {
    name: "cogniforge_attempts_total",
    kind: "counter",
    unit: "count",
    labels: [...TARGET, "outcome", "code"],
    meaning: {
      en: "Attempts by outcome and the failure's code, which is 'none' without a failure",
      ar: "المحاولات بحسب النتيجة ورمز الفشل، وهو none بلا فشل",
    },
  },
  retries: {
    name: "cogniforge_retries_total",
    kind: "counter",
    unit: "count",
    labels: TARGET,
    meaning: { en: "Attempts that asked the same target again", ar: "محاولات سألت الهدف نفسه مجددًا" },
  },
  fallbacks: {
    name: "cogniforge_fallbacks_total",
    kind: "counter",
    unit: "count",
    labels: TARGET,
    meaning: { en: "Attempts on the next target after a failure", ar: "محاولات على الهدف التالي بعد فشل" },
  },
  hedges: {
    name: "cogniforge_hedges_total",
    kind: "counter",
    unit: "count",
    labels: TARGET,
    meaning: {
      en: "Attempts that began because another target was slow",
      ar: "محاولات بدأت لأن هدفًا آخر كان بطيئًا",
    },
  },
  continuations: {
    name: "cogniforge_continuations_total",
    kind: "counter",
    unit: "count",
    labels: TARGET,
    meaning: {
      en: "Attempts that went on from text that readers have",
      ar: "محاولات تابعت نصًا وصل إلى القارئ",
    },
  },
  firstToken: {
    name: "cogniforge_first_token_seconds",
    kind: "histogram",
    unit: "seconds",
    labels: ["route", ...TARGET],
    buckets: SHORT,
    meaning: {
      en: "Time to first token: from acceptance to the first text",
      ar: "زمن أول رمز: من القبول إلى أول نص",
    },
  },
  duration: {
    name: "cogniforge_answer_seconds",
    kind: "histogram",
    unit: "seconds",
    labels: ["route", "outcome"],
    buckets: LONG,
    meaning: { en: "Total duration, from acceptance to the end", ar: "المدة الكلية، من القبول إلى النهاية" },
  },
  interTokenGap: {
    name: "cogniforge_inter_token_seconds",
    kind: "histogram",
    unit: "seconds",
    labels: TARGET,
    buckets: FINE,
    meaning: {
      en: "Gap between two consecutive pieces of text from a provider",
      ar: "الفاصل بين قطعتين متتاليتين من نص المزود",
    },
  },
  tokenRate: {
    name: "cogniforge_tokens_per_second",
    kind: "histogram",
    unit: "tokens-per-second",
    labels: TARGET,
    buckets: [0, 12],
    meaning: {
      en: "Output tokens by usage, divided by the time in which they came",
      ar: "رموز الإخراج المبلّغ عنها مقسومة على زمن وصولها",
    },
  },
  tokens: {
    name: "cogniforge_tokens_total",
    kind: "counter",
    unit: "tokens",
    labels: [...TARGET, "kind"],
    meaning: {
      en: "Tokens that providers reported, by kind; cached input is a part of input, reasoning a part of output",
      ar: "الرموز التي أبلغ عنها المزودون بحسب نوعها؛ المخبّأ جزء من الإدخال، والتفكير جزء من الإخراج",
    },
  },
  cost: {
    name: "cogniforge_cost_dollars_total",
    kind: "counter",
    unit: "dollars",
    labels: TARGET,
    meaning: {
      en: "Cost of attempts, as far as it is known, in US dollars",
      ar: "كلفة المحاولات بقدر ما تُعرف، بالدولار الأمريكي",
    },
  },
  rescueFreeze: {
    name: "cogniforge_rescue_freeze_seconds",
    kind: "histogram",
    unit: "seconds",
    labels: ["route"],
    buckets: SHORT,
    meaning: {
      en: "How long readers saw nothing new while an answer was rescued",
      ar: "كم بقي القارئ بلا جديد أثناء إنقاذ الإجابة",
    },
  },
  addedLatency: {
    name: "cogniforge_added_latency_seconds",
    kind: "histogram",
    unit: "seconds",
    labels: [],
    buckets: FINE,
    meaning: {
      en: "The gateway's own cost: from a provider's piece to its durable event, which readers see at once",
      ar: "كلفة البوابة نفسها: من قطعة المزود إلى حدثها المحفوظ الذي يراه القارئ فورًا",
    },
  },
  runningAnswers: {
    name: "cogniforge_running_answers",
    kind: "gauge",
    unit: "count",
    labels: [],
    meaning: { en: "Answers that are being carried now", ar: "الإجابات الجارية الآن" },
  },
  openReaders: {
    name: "cogniforge_open_readers",
    kind: "gauge",
    unit: "count",
    labels: [],
    meaning: { en: "Readers that follow an answer now", ar: "القراء الذين يتابعون إجابة الآن" },
  },
  breakers: {
    name: "cogniforge_breaker_state",
    kind: "gauge",
    unit: "count",
    labels: [...TARGET, "state"],
    meaning: {
      en: "1 for the state of each circuit breaker that is not closed or failed lately; model '*' is the provider's key",
      ar: "القيمة 1 لحالة كل قاطع غير مغلق أو فشل هدفه حديثًا؛ والنموذج * هو مفتاح المزود",
    },
  },
  journalCommits: {
    name: "cogniforge_journal_commits_total",
    kind: "counter",
    unit: "count",
    labels: [],
    meaning: { en: "Transactions of the journal", ar: "معاملات السجل" },
  },
  journalWrites: {
    name: "cogniforge_journal_writes_total",
    kind: "counter",
    unit: "count",
    labels: [],
    meaning: { en: "Writes in the journal's transactions", ar: "الكتابات في معاملات السجل" },
  },
  journalCommitTime: {
    name: "cogniforge_journal_commit_seconds",
    kind: "histogram",
    unit: "seconds",
    labels: [],
    buckets: FINE,
    meaning: { en: "Duration of the journal's transactions", ar: "مدة معاملات السجل" },
  },
  eventLoopDelay: {
    name: "cogniforge_event_loop_delay_seconds",
    kind: "histogram",
    unit: "seconds",
    labels: [],
    buckets: FINE,
    meaning: {
      en: "The longest delay of the event loop in each period of five seconds",
      ar: "أطول تأخر لحلقة الأحداث في كل خمس ثوانٍ",
    },
  },
  exports: {
    name: "cogniforge_telemetry_exports_total",
    kind: "counter",
    unit: "count",
    labels: ["signal", "outcome"],
    meaning: {
      en: "Exports of traces and metrics to an OpenTelemetry collector, by outcome",
      ar: "عمليات إرسال التتبعات والقياسات إلى مجمّع OpenTelemetry بحسب نتيجتها",
    },
  },
  memory: {
    name: "process_resident_memory_bytes",
    kind: "gauge",
    unit: "bytes",
    labels: [],
    meaning: { en: "Resident memory of the process", ar: "ذاكرة العملية المقيمة" },
  },
  cpu: {
    name: "process_cpu_seconds_total",
    kind: "counter",
    unit: "seconds",
    labels: [],
    meaning: { en: "Processor time of the process", ar: "زمن المعالج الذي استهلكته العملية" },
  },
  startTime: {
    name: "process_start_time_seconds",
    kind: "gauge",
    unit: "seconds",
    labels: [],
    meaning: { en: "When the process started, since the Unix epoch", ar: "وقت بدء العملية منذ حقبة يونكس" },
  },
  build: {
    name: "cogniforge_build_info",
    kind: "gauge",
    unit: "count",
    labels: ["version"],
    meaning: { en: "Always 1; the label tells the version", ar: "دائمًا 1؛ والوسم يذكر الإصدار" },
  },
} as const satisfies Record<string, Measure>;

/** A measure's name in the house. */
export type MeasureKey = keyof typeof CATALOGUE;

type KeyOfKind<Kind extends Measure["kind"]> = {
  [Key in MeasureKey]: (typeof CATALOGUE)[Key]["kind"] extends Kind ? Key : never;
}[MeasureKey];

export type CounterKey = KeyOfKind<"counter">;
export type GaugeKey = KeyOfKind<"gauge">;
export type HistogramKey = KeyOfKind<"histogram">;

/** A value for each label of a measure. */
export type LabelsOf<Key extends MeasureKey> = { [Label in (typeof CATALOGUE)[Key]["labels"][number]]: string };

/** The upper bounds of a histogram's buckets, in what is observed, without the one for everything. */
export function boundsOf({ buckets: [first, last] = [0, 0] }: Measure): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => 2 ** (first + index));
}

/** How many of what is observed make one of the measure's unit. */
export function perUnit({ unit }: Measure): number {
  return unit === "seconds" ? 1000 : 1;
}
