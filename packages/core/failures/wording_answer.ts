import { say, type WordingOf } from "./wording.ts";

/** Failures of an answer as a whole. */
export const ANSWER_WORDINGS = {
  "no-provider": say(
    [
      "No AI provider is set up yet, so no question can be answered.",
      "Set OPENROUTER_API_KEY (or OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY) in .env, or AI_SERVICE_URL for your own gateway; with ALLOW_MOCK_LLM=true trial answers are given meanwhile. A placeholder copied from .env.example counts as not set.",
    ],
    [
      "لم يُضبط أي مزوّد للذكاء الاصطناعي بعد، ولذلك لا يمكن الإجابة عن أي سؤال.",
      "اضبط OPENROUTER_API_KEY (أو OPENAI_API_KEY أو ANTHROPIC_API_KEY أو GEMINI_API_KEY) في ملف ‎.env، أو اضبط AI_SERVICE_URL لبوابتك الخاصة؛ ومع ALLOW_MOCK_LLM=true تُعطى إجابات تجريبية إلى حين ذلك. أما القيمة المنسوخة كما هي من ‎.env.example فتُعدّ غير مضبوطة.",
    ],
  ),
  "all-targets-failed": say(
    [
      "None of the configured AI services could answer.",
      "Look at the reasons below and mend the first that lies with you (key, credit, model, address); otherwise try again in a few minutes. A further provider in the route makes this less likely.",
    ],
    [
      "لم تتمكّن أيٌّ من خدمات الذكاء الاصطناعي المضبوطة من الإجابة.",
      "راجع الأسباب المذكورة أدناه وعالج أوّل ما يخصّك منها (المفتاح أو الرصيد أو النموذج أو العنوان)، وإلا فأعد المحاولة بعد بضع دقائق. وإضافة مزوّد آخر إلى المسار تقلّل احتمال تكرار ذلك.",
    ],
  ),
  deadline: say(
    [
      "The time allowed for the whole answer has run out.",
      "Split the question into smaller parts, or raise LLM_TIMEOUT_SECONDS; for very long questions set LLM_EXTREME_COMPLEXITY_MODE=1.",
    ],
    [
      "انتهت المهلة المسموح بها للإجابة كاملة.",
      "قسّم السؤال إلى أجزاء أصغر، أو ارفع قيمة LLM_TIMEOUT_SECONDS؛ وللأسئلة الطويلة جدًا اضبط LLM_EXTREME_COMPLEXITY_MODE=1.",
    ],
  ),
  cancelled: say(
    ["The answer was stopped on request.", "Ask again whenever you like; the text so far is kept."],
    ["أُوقفت الإجابة بناءً على الطلب.", "يمكنك السؤال من جديد متى شئت؛ والنص الذي وصل محفوظ."],
  ),
  interrupted: say(
    [
      "The server was interrupted while it was answering, and the answer could not be continued.",
      "Ask again; the text so far is kept. If this happens often, look in the server's log for restarts or a lack of memory.",
    ],
    [
      "توقّف الخادم أثناء الإجابة وتعذّرت متابعتها.",
      "أعد طرح السؤال؛ والنص الذي وصل محفوظ. وإن تكرّر ذلك فابحث في سجلّ الخادم عن إعادة تشغيل أو نقص في الذاكرة.",
    ],
  ),
} as const satisfies Record<string, WordingOf>;
