import { waitText } from "./wait_text.ts";
import { say, sayWithField, sayWithWait, type WordingOf } from "./wording.ts";

/** Failures of this server. */
export const SERVER_WORDINGS = {
  "too-many-requests": ({ retryAfterMs, detail }) => {
    const wait = waitText(retryAfterMs);
    return say(
      [
        // A limit that has a name is told by it: it need not be one of requests.
        detail === undefined
          ? "Too many requests have come from you in a short time."
          : `You have reached a limit of this server. ${detail.en}.`,
        `Try again ${wait.en}.`,
      ],
      [
        detail === undefined
          ? "أرسلتَ عددًا كبيرًا من الطلبات في وقت قصير."
          : `بلغتَ حدًّا من حدود هذا الخادم. ${detail.ar}.`,
        `أعد المحاولة ${wait.ar}.`,
      ],
    );
  },
  busy: sayWithWait((wait) =>
    say(
      [
        "The server is answering as many questions as it can.",
        `Try again ${wait.en}. If this happens often, add memory or a further replica.`,
      ],
      [
        "يجيب الخادم حاليًا عن أقصى عدد من الأسئلة يستطيعه.",
        `أعد المحاولة ${wait.ar}. وإن تكرّر ذلك فزِد الذاكرة أو أضف نسخة أخرى من الخادم.`,
      ],
    ),
  ),
  draining: sayWithWait((wait) =>
    say(
      ["The server is about to restart and takes no new questions.", `Try again ${wait.en}.`],
      ["الخادم على وشك إعادة التشغيل ولا يقبل أسئلة جديدة.", `أعد المحاولة ${wait.ar}.`],
    ),
  ),
  restarting: sayWithWait((wait) =>
    say(
      [
        "The server restarts before this answer is finished, and goes on with it then.",
        `Try again ${wait.en} with the same Idempotency-Key to get it, or read it at /v1/answers/ID: the header x-answer-id has its id.`,
      ],
      [
        "يُعاد تشغيل الخادم قبل اكتمال هذه الإجابة، وسيتابعها بعد ذلك.",
        `أعد المحاولة ${wait.ar} بالمفتاح Idempotency-Key نفسه لتحصل عليها، أو اقرأها من /v1/answers/ID: معرّفها في الترويسة x-answer-id.`,
      ],
    ),
  ),
  storage: sayWithField(
    say(
      [
        "The server could not read or write its data.",
        "Check free disk space and permissions of COGNIFORGE_DATA_DIR, or the connection to DATABASE_URL and REDIS_URL; the server's log names the cause.",
      ],
      [
        "تعذّر على الخادم قراءة بياناته أو كتابتها.",
        "تحقّق من المساحة الخالية على القرص ومن صلاحيات المجلد COGNIFORGE_DATA_DIR، أو من الاتصال بـ DATABASE_URL وREDIS_URL؛ وسجلّ الخادم يذكر السبب.",
      ],
    ),
  ),
  "project-unreadable": say(
    [
      "The project's folder could not be read.",
      "Check that the folder in COGNIFORGE_PROJECT_DIR exists and that the server may read it, then ask again; the server's log names the cause.",
    ],
    [
      "تعذّرت قراءة مجلد المشروع.",
      "تحقّق من وجود المجلد المذكور في COGNIFORGE_PROJECT_DIR ومن أن للخادم إذن قراءته، ثم أعد السؤال؛ وسجلّ الخادم يذكر السبب.",
    ],
  ),
  internal: say(
    [
      "An unexpected error happened on the server.",
      "Try again. If it happens again, look in the server's log at this time and report what you find there.",
    ],
    ["حدث خطأ غير متوقّع في الخادم.", "أعد المحاولة. وإن تكرّر الخطأ فراجع سجلّ الخادم عند هذا الوقت وأبلغ عمّا تجده فيه."],
  ),
} as const satisfies Record<string, WordingOf>;
