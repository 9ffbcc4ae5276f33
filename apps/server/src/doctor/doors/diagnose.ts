import type { Bilingual } from "@cogniforge/core/events";
import { classifyTransportError } from "@cogniforge/core/failures";
import { ForeignReplyError } from "../../caller/access.ts";
import { RefusedError } from "../../caller/call.ts";
import { say } from "../check.ts";

/** Why a door did not answer, and what to do. */
export interface Diagnosis {
  cause: "refused" | "foreign" | "proxy-down" | "sign-in-page" | "unreachable" | "tls" | "silent" | "broken";
  message: Bilingual;
  remedy: Bilingual;
}

const STRANGER: Bilingual = say(
  "The server does not know this check's pass, as it runs over another data folder: set COGNIFORGE_API_KEY to a key of that server, or COGNIFORGE_DATA_DIR to its folder",
  "لا يعرف الخادم تصريح هذا الفحص لأنه يعمل على مجلد بيانات آخر: اضبط COGNIFORGE_API_KEY على مفتاح لذلك الخادم، أو COGNIFORGE_DATA_DIR على مجلده",
);

/** Tells what went wrong on the way to a door. */
export function diagnose(error: unknown, url: string): Diagnosis {
  if (error instanceof RefusedError) {
    const { message, remedy } = error.failure;
    return { cause: "refused", message, remedy: error.status === 401 ? STRANGER : remedy };
  }
  if (error instanceof ForeignReplyError) return diagnoseForeign(error, url);
  if (error instanceof Error && error.name === "TimeoutError") {
    return {
      cause: "silent",
      message: say("The answer did not come to its end in time", "لم تكتمل الإجابة في الوقت المحدد"),
      remedy: say(
        "Look for a proxy that cuts or holds back long responses, and in the server's log",
        "ابحث عن وسيط يقطع الردود الطويلة أو يحبسها، وراجع سجل الخادم",
      ),
    };
  }
  const why = reasonOf(error);
  if (classifyTransportError(error, { stage: "before-headers" }).code === "tls") {
    return {
      cause: "tls",
      message: say(`No secure connection to ${url} (${why})`, `تعذّر إنشاء اتصال آمن مع ‎${url} ‏(${why})`),
      remedy: say(
        "Check the certificate and that the address really speaks https; for a private authority set NODE_EXTRA_CA_CERTS",
        "تحقّق من الشهادة ومن أنّ العنوان يعمل فعلًا بالبروتوكول https؛ وإن كانت الجهة المصدرة خاصة فاضبط NODE_EXTRA_CA_CERTS",
      ),
    };
  }
  if (!/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|CONNECT_TIMEOUT/.test(why)) {
    return {
      cause: "broken",
      message: say(`The connection broke off (${why})`, `انقطع الاتصال (${why})`),
      remedy: say(
        "Look for a proxy that closes connections, and in the server's log",
        "ابحث عن وسيط يغلق الاتصالات، وراجع سجل الخادم",
      ),
    };
  }
  return {
    cause: "unreachable",
    message: say(`Nothing answers at ${url} (${why})`, `لا شيء يجيب على ‎${url} ‏(${why})`),
    remedy: say(
      "Check the address, that the server runs (npm start), and that no firewall is in between",
      "تحقّق من العنوان ومن أنّ الخادم يعمل (npm start) ومن عدم وجود جدار حماية بينهما",
    ),
  };
}

function diagnoseForeign({ status, location }: ForeignReplyError, url: string): Diagnosis {
  if (location !== undefined || status === 401 || status === 403) {
    return {
      cause: "sign-in-page",
      message: say(
        `Something in front of the server at ${url} asks for a sign-in (HTTP ${status})`,
        `يطلب شيء أمام الخادم على ‎${url} تسجيل الدخول (HTTP ${status})`,
      ),
      remedy: say(
        "In a Codespace set the port's visibility to public (gh codespace ports visibility 4100:public); elsewhere let the proxy pass these paths without its own sign-in",
        "في Codespace اجعل المنفذ عامًا (gh codespace ports visibility 4100:public)؛ وفي غيره اجعل الوسيط يمرّر هذه المسارات دون تسجيل دخول خاص به",
      ),
    };
  }
  if (status === 502 || status === 503 || status === 504) {
    return {
      cause: "proxy-down",
      message: say(
        `A proxy at ${url} does not reach the server (HTTP ${status})`,
        `لا يصل الوسيط على ‎${url} إلى الخادم (HTTP ${status})`,
      ),
      remedy: say(
        "Start the server, and check the address and port that the proxy passes on to",
        "شغّل الخادم، وتحقّق من العنوان والمنفذ اللذين يمرّر الوسيط إليهما",
      ),
    };
  }
  return {
    cause: "foreign",
    message: say(
      `What answers at ${url} is not CogniForge (HTTP ${status})`,
      `ما يجيب على ‎${url} ليس CogniForge ‏(HTTP ${status})`,
    ),
    remedy: say(
      "Check the address and its path, and that the proxy passes on all paths",
      "تحقّق من العنوان ومساره، ومن أنّ الوسيط يمرّر جميع المسارات",
    ),
  };
}

/** The innermost code or message: `fetch` itself says no more than that it failed. */
function reasonOf(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause instanceof Error) innermost = innermost.cause;
  if (innermost instanceof AggregateError) innermost = innermost.errors[0];
  const { code, message } = (innermost ?? {}) as { code?: string; message?: string };
  return code ?? message ?? String(error);
}
