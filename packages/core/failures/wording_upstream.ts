import { waitText } from "./wait_text.ts";
import { say, sayWithWait, type WordingDetails, type WordingOf } from "./wording.ts";

/** Failures of an upstream, written for the administrator who can mend them. */
export const UPSTREAM_WORDINGS = {
  network: say(
    [
      "The AI service cannot be reached over the network.",
      "Check that the server has internet access and that the address is right (AI_SERVICE_URL, LLM_BASE_URL or the provider's baseUrl); name resolution, a firewall or a proxy may be in the way.",
    ],
    [
      "تعذّر الوصول إلى خدمة الذكاء الاصطناعي عبر الشبكة.",
      "تحقّق من اتصال الخادم بالإنترنت ومن صحة العنوان (AI_SERVICE_URL أو LLM_BASE_URL أو baseUrl في إعدادات المزوّد)؛ فقد يكون السبب خادم الأسماء DNS أو جدار الحماية أو الوسيط.",
    ],
  ),
  tls: say(
    [
      "A secure connection to the AI service could not be established.",
      "Check the service's certificate, the server's clock, and that the address really speaks https. For a private certificate authority set NODE_EXTRA_CA_CERTS; do not switch the check off.",
    ],
    [
      "تعذّر إنشاء اتصال آمن بخدمة الذكاء الاصطناعي.",
      "تحقّق من شهادة الخدمة ومن ساعة الخادم ومن أنّ العنوان يعمل فعلًا ببروتوكول https. وإن كانت الشهادة صادرة عن جهة خاصة فاضبط NODE_EXTRA_CA_CERTS، ولا تعطّل التحقّق من الشهادات.",
    ],
  ),
  "connect-timeout": say(
    [
      "The AI service did not accept a connection in time.",
      "Check the address and the network. If the service is merely far away, raise timeouts.connectMs of the route.",
    ],
    [
      "لم تقبل خدمة الذكاء الاصطناعي الاتصال في الوقت المحدّد.",
      "تحقّق من العنوان ومن الشبكة. وإن كانت الخدمة بعيدة فحسب فارفع قيمة timeouts.connectMs في إعدادات المسار.",
    ],
  ),
  "first-token-timeout": say(
    [
      "The model did not begin its answer in time.",
      "Try again, or shorten the question. For a slow model raise timeouts.firstTokenMs of the route, or set LLM_EXTREME_COMPLEXITY_MODE=1 for very long questions.",
    ],
    [
      "لم يبدأ النموذج الإجابة في الوقت المحدّد.",
      "أعد المحاولة أو اختصر السؤال. وإن كان النموذج بطيئًا فارفع قيمة timeouts.firstTokenMs في إعدادات المسار، أو اضبط LLM_EXTREME_COMPLEXITY_MODE=1 للأسئلة الطويلة جدًا.",
    ],
  ),
  stall: say(
    [
      "The model fell silent in the middle of its answer.",
      "Try again. If this happens often, raise timeouts.idleMs of the route or choose another model.",
    ],
    [
      "توقّف النموذج عن الإرسال في منتصف الإجابة.",
      "أعد المحاولة. وإن تكرّر ذلك فارفع قيمة timeouts.idleMs في إعدادات المسار أو اختر نموذجًا آخر.",
    ],
  ),
  "upstream-timeout": say(
    [
      "The AI service gave up because the answer took too long on its side.",
      "Try again, shorten the question or split it, or choose a faster model (DEFAULT_AI_MODEL).",
    ],
    [
      "أوقفت خدمة الذكاء الاصطناعي الطلب لأنّ إعداد الإجابة استغرق لديها وقتًا أطول من المسموح.",
      "أعد المحاولة، أو اختصر السؤال أو قسّمه، أو اختر نموذجًا أسرع (DEFAULT_AI_MODEL).",
    ],
  ),
  cut: say(
    [
      "The connection to the AI service broke off before the answer was complete.",
      "Try again. If this happens often, look for a proxy between the server and the provider that closes long connections.",
    ],
    [
      "انقطع الاتصال بخدمة الذكاء الاصطناعي قبل اكتمال الإجابة.",
      "أعد المحاولة. وإن تكرّر ذلك فابحث عن وسيط بين الخادم والمزوّد يُغلق الاتصالات الطويلة.",
    ],
  ),
  malformed: say(
    [
      "The AI service's reply could not be understood.",
      "Check that the address (AI_SERVICE_URL, LLM_BASE_URL or the provider's baseUrl) points to an API, with its version path such as /v1, and not to a web page or a sign-in page of the network.",
    ],
    [
      "تعذّر فهم ردّ خدمة الذكاء الاصطناعي.",
      "تحقّق من أنّ العنوان (AI_SERVICE_URL أو LLM_BASE_URL أو baseUrl في إعدادات المزوّد) يشير إلى واجهة برمجية مع مسار الإصدار مثل ‎/v1، لا إلى صفحة ويب أو صفحة تسجيل دخول خاصة بالشبكة.",
    ],
  ),
  "empty-answer": say(
    [
      "The model returned an empty answer.",
      "Try again or rephrase the question. If this happens often, choose another model (DEFAULT_AI_MODEL), or check that a local model was loaded with a large enough context.",
    ],
    [
      "أعاد النموذج إجابة فارغة.",
      "أعد المحاولة أو أعد صياغة السؤال. وإن تكرّر ذلك فاختر نموذجًا آخر (DEFAULT_AI_MODEL)، أو تحقّق من أنّ النموذج المحلي محمَّل بنافذة سياق كافية.",
    ],
  ),
  "provider-auth": say(
    [
      "The AI provider rejected the API key.",
      "Set a valid key and save it: OPENROUTER_API_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, or AI_SERVICE_KEY for AI_SERVICE_URL. Look for missing characters, spaces, or an expired or revoked key.",
    ],
    [
      "رفض مزوّد الذكاء الاصطناعي مفتاح الواجهة البرمجية.",
      "اضبط مفتاحًا صالحًا واحفظه: OPENROUTER_API_KEY أو OPENAI_API_KEY أو ANTHROPIC_API_KEY أو GEMINI_API_KEY، أو AI_SERVICE_KEY مع AI_SERVICE_URL. وتأكّد من عدم نقص أحرف أو وجود مسافات، ومن أنّ المفتاح غير منتهٍ ولا ملغى.",
    ],
  ),
  "provider-forbidden": say(
    [
      "The AI provider refused access.",
      "The key is known but not allowed to use this model or service: grant it the permission in the provider's console, enable the API there, or choose another model (DEFAULT_AI_MODEL).",
    ],
    [
      "رفض مزوّد الذكاء الاصطناعي السماح بالوصول.",
      "المفتاح معروف لدى المزوّد لكن لا يحقّ له استخدام هذا النموذج أو هذه الخدمة: امنحه الصلاحية من لوحة المزوّد، أو فعّل الواجهة البرمجية هناك، أو اختر نموذجًا آخر (DEFAULT_AI_MODEL).",
    ],
  ),
  "insufficient-credit": say(
    [
      "The account at the AI provider has no credit left.",
      "Top up the balance or raise the spending limit in the provider's console (for OpenRouter: openrouter.ai/settings/credits), or set the key of another provider. Fewer output tokens (ADMIN_AI_MAX_RESPONSE_TOKENS) may also help.",
    ],
    [
      "نفد رصيد الحساب لدى مزوّد الذكاء الاصطناعي.",
      "اشحن الرصيد أو ارفع حدّ الإنفاق من لوحة المزوّد (في OpenRouter: openrouter.ai/settings/credits)، أو اضبط مفتاح مزوّد آخر. وقد يفيد أيضًا خفض الحدّ الأقصى لرموز الإجابة (ADMIN_AI_MAX_RESPONSE_TOKENS).",
    ],
  ),
  "unsupported-region": say(
    [
      "The AI provider does not serve the region that this server is in.",
      "Use another provider or a gateway in a supported region (AI_SERVICE_URL), or move the server.",
    ],
    [
      "لا يقدّم مزوّد الذكاء الاصطناعي خدمته في المنطقة التي يوجد فيها هذا الخادم.",
      "استخدم مزوّدًا آخر أو بوابة في منطقة مدعومة (AI_SERVICE_URL)، أو انقل الخادم إلى منطقة مدعومة.",
    ],
  ),
  "model-not-found": say(
    [
      "The AI provider does not know the configured model or address.",
      "Check the model's exact name (DEFAULT_AI_MODEL or the route's targets) and that the base URL includes its version path, such as /v1.",
    ],
    [
      "لا يعرف مزوّد الذكاء الاصطناعي النموذج أو العنوان المضبوط.",
      "تحقّق من اسم النموذج حرفًا بحرف (DEFAULT_AI_MODEL أو أهداف المسار) ومن أنّ العنوان الأساسي يتضمّن مسار الإصدار مثل ‎/v1.",
    ],
  ),
  "rate-limit": sayWithWait((wait) =>
    say(
      [
        "The AI provider's rate limit is reached.",
        `Try again ${wait.en}. If this happens often, raise the limit at the provider or add a second provider to the route.`,
      ],
      [
        "تم بلوغ حدّ معدّل الطلبات لدى مزوّد الذكاء الاصطناعي.",
        `أعد المحاولة ${wait.ar}. وإن تكرّر ذلك فارفع الحدّ لدى المزوّد أو أضف مزوّدًا ثانيًا إلى المسار.`,
      ],
    ),
  ),
  "quota-exhausted": ({ retryAfterMs }: WordingDetails) => {
    // Gemini states seconds beside a daily quota: only a long wait is worth naming.
    const again = sayWhenLong(retryAfterMs);
    return say(
      [
        "The daily or monthly quota at the AI provider is used up.",
        `${again.en}Raise the quota or the plan in the provider's console, or set the key of another provider.`,
      ],
      [
        "استُنفدت الحصة اليومية أو الشهرية لدى مزوّد الذكاء الاصطناعي.",
        `${again.ar}ارفع الحصة أو الخطة من لوحة المزوّد، أو اضبط مفتاح مزوّد آخر.`,
      ],
    );
  },
  overloaded: sayWithWait((wait) =>
    say(
      [
        "The AI provider is overloaded.",
        `Try again ${wait.en}. A second provider or model in the route takes over at such times.`,
      ],
      [
        "مزوّد الذكاء الاصطناعي يتعرّض لضغط زائد حاليًا.",
        `أعد المحاولة ${wait.ar}. ويمكن لمزوّد أو نموذج ثانٍ في المسار أن يتولّى الإجابة في مثل هذه الأوقات.`,
      ],
    ),
  ),
  conflict: say(
    ["The AI provider reported a conflict with another request.", "Try again in a moment."],
    ["أبلغ مزوّد الذكاء الاصطناعي عن تعارض مع طلب آخر.", "أعد المحاولة بعد قليل."],
  ),
  "server-error": say(
    [
      "The AI provider had an internal error.",
      "Try again in a moment. If it lasts, look at the provider's status page or choose another model.",
    ],
    [
      "حدث خطأ داخلي لدى مزوّد الذكاء الاصطناعي.",
      "أعد المحاولة بعد قليل. وإن استمرّ الخطأ فراجع صفحة حالة المزوّد أو اختر نموذجًا آخر.",
    ],
  ),
  dependency: say(
    [
      "A service on which the AI provider depends has failed.",
      "Try again in a moment, or choose another model or provider.",
    ],
    ["تعطّلت خدمة يعتمد عليها مزوّد الذكاء الاصطناعي.", "أعد المحاولة بعد قليل، أو اختر نموذجًا أو مزوّدًا آخر."],
  ),
  "context-too-long": say(
    [
      "The conversation and the question are longer than the model can read.",
      "Start a new conversation, shorten the question, lower ADMIN_AI_MAX_CONTEXT_MESSAGES, or choose a model with a larger context window.",
    ],
    [
      "المحادثة والسؤال معًا أطول ممّا يستطيع النموذج قراءته.",
      "ابدأ محادثة جديدة، أو اختصر السؤال، أو اخفض قيمة ADMIN_AI_MAX_CONTEXT_MESSAGES، أو اختر نموذجًا ذا نافذة سياق أكبر.",
    ],
  ),
  "request-too-large": say(
    [
      "The request is larger than the AI provider accepts.",
      "Shorten the question or the conversation, or raise the limit of tokens per minute at the provider.",
    ],
    [
      "الطلب أكبر ممّا يقبله مزوّد الذكاء الاصطناعي.",
      "اختصر السؤال أو المحادثة، أو ارفع حدّ الرموز في الدقيقة لدى المزوّد.",
    ],
  ),
  "content-filter": say(
    [
      "The AI provider's content filter stopped this request.",
      "Rephrase the question. The same words will be stopped again.",
    ],
    ["أوقف مرشّح المحتوى لدى مزوّد الذكاء الاصطناعي هذا الطلب.", "أعد صياغة السؤال، فالصياغة نفسها ستُوقَف مجددًا."],
  ),
  "invalid-tool-call": say(
    [
      "The model produced a tool call that is not valid.",
      "Try again or rephrase the question. If this happens often, choose another model (DEFAULT_AI_MODEL).",
    ],
    [
      "أنتج النموذج استدعاء أداة غير صالح.",
      "أعد المحاولة أو أعد صياغة السؤال. وإن تكرّر ذلك فاختر نموذجًا آخر (DEFAULT_AI_MODEL).",
    ],
  ),
  "invalid-request": say(
    [
      "The AI provider rejected the request as invalid.",
      "Check the parameters that are sent along and whether this model supports them; the server's log names what the provider objected to.",
    ],
    [
      "رفض مزوّد الذكاء الاصطناعي الطلب لأنه غير صالح.",
      "تحقّق من المعاملات المرسلة ومن دعم هذا النموذج لها؛ ويذكر سجلّ الخادم ما اعترض عليه المزوّد.",
    ],
  ),
} as const satisfies Record<string, WordingOf>;

const LONG_WAIT_MS = 120_000;

function sayWhenLong(waitMs: number | undefined): { en: string; ar: string } {
  if (waitMs === undefined || waitMs < LONG_WAIT_MS) return { en: "", ar: "" };
  const wait = waitText(waitMs);
  return { en: `It is renewed ${wait.en}. `, ar: `تتجدّد الحصة ${wait.ar}. ` };
}
