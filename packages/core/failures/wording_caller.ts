import { waitText } from "./wait_text.ts";
import { say, sayWithField, type WordingOf } from "./wording.ts";

/** Failures of a caller's request. */
export const CALLER_WORDINGS = {
  "invalid-input": sayWithField(
    say(
      ["The request contains a value that is not valid.", "Correct the field and send the request again."],
      ["يتضمّن الطلب قيمة غير صالحة.", "صحّح الحقل ثم أعد إرسال الطلب."],
    ),
  ),
  "invalid-json": sayWithField(
    say(
      [
        "The request's body is not valid JSON.",
        "Send one JSON object in UTF-8, with the header Content-Type: application/json.",
      ],
      [
        "محتوى الطلب ليس بصيغة JSON صالحة.",
        "أرسل كائن JSON واحدًا بترميز UTF-8 مع الترويسة Content-Type: application/json.",
      ],
    ),
  ),
  "question-empty": say(
    ["The question is empty.", "Write a question and send it again (field question)."],
    ["السؤال فارغ.", "اكتب سؤالًا ثم أرسله من جديد (الحقل question)."],
  ),
  "question-too-long": sayWithField(
    say(
      [
        "The question is longer than this server allows.",
        "Shorten or split it, or raise ADMIN_AI_MAX_QUESTION_LENGTH.",
      ],
      ["السؤال أطول ممّا يسمح به هذا الخادم.", "اختصر السؤال أو قسّمه، أو ارفع قيمة ADMIN_AI_MAX_QUESTION_LENGTH."],
    ),
  ),
  "body-too-large": sayWithField(
    say(
      ["The request's body is larger than this server accepts.", "Send less text at once, or remove attachments."],
      ["محتوى الطلب أكبر ممّا يقبله هذا الخادم.", "أرسل نصًا أقل في المرة الواحدة أو احذف المرفقات."],
    ),
  ),
  "unsupported-media-type": say(
    ["The request's content type is not supported.", "Send JSON with the header Content-Type: application/json."],
    ["نوع محتوى الطلب غير مدعوم.", "أرسل JSON مع الترويسة Content-Type: application/json."],
  ),
  "unsupported-feature": sayWithField(
    say(
      ["The request asks for something that this server does not offer.", "Leave the field out, or change its value."],
      ["يطلب هذا الطلب ميزة لا يوفّرها هذا الخادم.", "احذف الحقل أو غيّر قيمته."],
    ),
  ),
  unauthenticated: say(
    [
      "You are not signed in.",
      "Sign in to the console; programs send the header Authorization: Bearer with an API key from the console or from COGNIFORGE_API_KEY.",
    ],
    [
      "لم تسجّل الدخول.",
      "سجّل الدخول إلى لوحة التحكم؛ أما البرامج فترسل الترويسة Authorization: Bearer مع مفتاح من اللوحة أو من COGNIFORGE_API_KEY.",
    ],
  ),
  "key-expired": say(
    ["This API key has expired.", "Create a new key in the console, or let an administrator prolong this one."],
    [
      "انتهت صلاحية مفتاح الواجهة البرمجية هذا.",
      "أنشئ مفتاحًا جديدًا من لوحة التحكم، أو اطلب من أحد المديرين تمديد هذا المفتاح.",
    ],
  ),
  "key-revoked": say(
    ["This API key was revoked.", "Create a new key in the console, and put it where the program reads its key."],
    ["أُلغي مفتاح الواجهة البرمجية هذا.", "أنشئ مفتاحًا جديدًا من لوحة التحكم وضعه حيث يقرأ البرنامج مفتاحه."],
  ),
  forbidden: sayWithField(
    say(
      ["You are not allowed to do this.", "Sign in as an administrator, or ask one for the permission."],
      ["ليست لديك صلاحية لهذا الإجراء.", "سجّل الدخول بحساب مدير، أو اطلب الصلاحية من أحد المديرين."],
    ),
  ),
  "cross-origin": say(
    [
      "The request came from another website and was refused.",
      "Use the console's own address; behind a proxy, pass the original Host and scheme on (X-Forwarded-Host, X-Forwarded-Proto).",
    ],
    [
      "جاء الطلب من موقع آخر فرُفض.",
      "استخدم عنوان لوحة التحكم نفسه؛ وإن كان أمام الخادم وسيط فليمرّر اسم المضيف والبروتوكول الأصليين (X-Forwarded-Host وX-Forwarded-Proto).",
    ],
  ),
  "not-found": say(
    ["There is nothing at this address.", "Check the address, including its version path such as /v1."],
    ["لا يوجد شيء في هذا العنوان.", "تحقّق من العنوان ومن مسار الإصدار فيه مثل ‎/v1."],
  ),
  "method-not-allowed": say(
    ["This address does not support the request's method.", "Use one of the methods named in the Allow header."],
    ["لا يدعم هذا العنوان طريقة HTTP المستخدمة في الطلب.", "استخدم إحدى الطرق المذكورة في الترويسة Allow."],
  ),
  "answer-not-found": say(
    ["There is no such answer.", "It may have been deleted or belong to somebody else; ask the question again."],
    ["لا توجد إجابة بهذا المعرّف.", "ربما حُذفت أو كانت تخصّ مستخدمًا آخر؛ أعد طرح السؤال."],
  ),
  "conversation-not-found": say(
    [
      "There is no such conversation.",
      "It may have been deleted or belong to somebody else; choose one from the list or start a new one.",
    ],
    ["لا توجد محادثة بهذا المعرّف.", "ربما حُذفت أو كانت تخصّ مستخدمًا آخر؛ اختر محادثة من القائمة أو ابدأ محادثة جديدة."],
  ),
  "route-not-found": sayWithField(
    say(
      [
        "There is no route or model of this name.",
        "Use default, another route's name, or provider/model; GET /v1/models lists them.",
      ],
      [
        "لا يوجد مسار أو نموذج بهذا الاسم.",
        "استخدم default أو اسم مسار آخر أو الصيغة provider/model؛ والقائمة متاحة عبر GET /v1/models.",
      ],
    ),
  ),
  "key-not-found": say(
    ["There is no such API key.", "It may belong to somebody else; choose one from the list in the console."],
    ["لا يوجد مفتاح بهذا المعرّف.", "ربما كان يخصّ مستخدمًا آخر؛ اختر مفتاحًا من القائمة في لوحة التحكم."],
  ),
  "user-not-found": say(
    ["There is no such user.", "Choose one from the list of users in the console."],
    ["لا يوجد مستخدم بهذا المعرّف.", "اختر مستخدمًا من قائمة المستخدمين في لوحة التحكم."],
  ),
  "invalid-cursor": say(
    [
      "The position to resume from is not valid for this answer.",
      "Read the answer from the beginning, without Last-Event-ID or cursor.",
    ],
    [
      "الموضع المطلوب استئناف القراءة منه غير صالح لهذه الإجابة.",
      "اقرأ الإجابة من بدايتها دون Last-Event-ID أو cursor.",
    ],
  ),
  "id-taken": say(
    [
      "This id or idempotency key was already used for a different request.",
      "Use a new id for a new question; repeat an old one only with the very same content.",
    ],
    [
      "استُخدم هذا المعرّف أو مفتاح عدم التكرار من قبل لطلب مختلف.",
      "استخدم معرّفًا جديدًا لكل سؤال جديد، ولا تكرّر معرّفًا سابقًا إلا مع المحتوى نفسه تمامًا.",
    ],
  ),
  "invalid-sign-in-code": say(
    [
      "The code or password is not right.",
      "For the first sign-in copy the one-time code that the server printed when it started; otherwise check the e-mail address and the password.",
    ],
    [
      "الرمز أو كلمة المرور غير صحيحة.",
      "عند تسجيل الدخول أول مرة انسخ الرمز الذي عرضه الخادم عند تشغيله؛ وإلا فتحقّق من البريد الإلكتروني وكلمة المرور.",
    ],
  ),
  "already-set-up": say(
    ["The first administrator already exists.", "Sign in with that account."],
    ["حساب المدير الأول موجود بالفعل.", "سجّل الدخول بهذا الحساب."],
  ),
  "last-administrator": say(
    [
      "This is the last administrator, so the account can't be demoted or disabled.",
      "Make another user an administrator first.",
    ],
    ["هذا آخر مدير، فلا يمكن خفض دوره ولا تعطيل حسابه.", "اجعل مستخدمًا آخر مديرًا أولًا."],
  ),
  "budget-exhausted": ({ retryAfterMs, detail }) => {
    const wait = waitText(retryAfterMs);
    const isAnew = retryAfterMs !== undefined;
    const why = detail === undefined ? { en: "", ar: "" } : { en: ` ${detail.en}.`, ar: ` ${detail.ar}.` };
    return say(
      [
        `The budget of this API key is used up.${why.en}`,
        `${isAnew ? `It begins anew ${wait.en}. ` : ""}Raise the key's budget in the console to go on at once.`,
      ],
      [
        `استُنفدت ميزانية مفتاح الواجهة البرمجية هذا.${why.ar}`,
        `${isAnew ? `تبدأ الميزانية من جديد ${wait.ar}. ` : ""}ارفع ميزانية المفتاح في لوحة التحكم للمتابعة فورًا.`,
      ],
    );
  },
  "project-not-configured": say(
    [
      "The question is about the project, and no project is configured.",
      "Set COGNIFORGE_PROJECT_DIR to the project's folder, or ask without the project.",
    ],
    ["السؤال عن المشروع، ولم يُضبط أي مشروع.", "اضبط COGNIFORGE_PROJECT_DIR على مجلد المشروع، أو اسأل دون المشروع."],
  ),
} as const satisfies Record<string, WordingOf>;
