import { type CheckResult, say } from "../check.ts";
import { DOCTOR_PACE_MS, DOCTOR_TEXT } from "../doctor_route.ts";
import type { Door } from "./door.ts";
import type { Ear } from "./ear.ts";

/** Pieces in which the doctor's text is said, one at each pace. */
const PIECES = DOCTOR_TEXT.split(" ").length;
const SAID_OVER_MS = (PIECES - 1) * DOCTOR_PACE_MS;

/** Pieces that come closer together than this came at once. */
const AT_ONCE_MS = DOCTOR_PACE_MS / 4;

/** Whether a stream was held back on its way: what was said over a second came in a moment, or in a few lumps. */
export function isHeldBack({ arrivals, spreadMs }: Pick<Ear, "arrivals" | "spreadMs">): boolean {
  const lumps = arrivals.filter((at, index) => index === 0 || at - (arrivals[index - 1] ?? 0) > AT_ONCE_MS).length;
  return spreadMs < SAID_OVER_MS / 2 || lumps < PIECES / 4;
}

/** What a door that was listened to the end is worth. */
export function judge({ name, isStreamed }: Door, ear: Ear): Omit<CheckResult, "id"> {
  const firstByteMs = Math.round(ear.firstByteMs ?? 0);
  const spreadMs = Math.round(ear.spreadMs);
  const details = { firstByteMs, pieces: ear.arrivals.length, spreadMs };
  if (ear.text !== DOCTOR_TEXT) {
    return {
      status: "error",
      message: say(
        `${name.en}: what arrived is not what was said (${ear.text.length} of ${DOCTOR_TEXT.length} characters)`,
        `${name.ar}: ما وصل ليس ما قيل (${ear.text.length} من ${DOCTOR_TEXT.length} حرفًا)`,
      ),
      remedy: say(
        "Look for a proxy that cuts or rewrites responses, and in the server's log",
        "ابحث عن وسيط يقطع الردود أو يغيّرها، وراجع سجل الخادم",
      ),
      details,
    };
  }
  if (isStreamed && isHeldBack(ear)) {
    return {
      status: "error",
      message: say(
        `${name.en}: a proxy holds the stream back (buffering). What was said over ${SAID_OVER_MS} ms came within ${spreadMs} ms, the first byte after ${firstByteMs} ms`,
        `${name.ar}: يحبس وسيط البث (تخزين مؤقت). ما قيل خلال ${SAID_OVER_MS} م.ث وصل خلال ${spreadMs} م.ث، وأول بايت بعد ${firstByteMs} م.ث`,
      ),
      remedy: say(
        "Switch buffering and compression off for these responses in the proxy (nginx: proxy_buffering off; gzip off; Apache: flushpackets=on; a content network: no caching). Until then answers come all at once, or by polling",
        "عطّل التخزين المؤقت والضغط لهذه الردود في الوسيط (nginx: ‏proxy_buffering off; gzip off؛ Apache: ‏flushpackets=on؛ شبكة التوصيل: بلا تخزين). وإلى ذلك الحين تصل الإجابات دفعة واحدة أو بالاستعلام المتكرر",
      ),
      details: { ...details, heldBack: true },
    };
  }
  return {
    status: "ok",
    message: isStreamed
      ? say(
          `${name.en}: first byte after ${firstByteMs} ms, then piece by piece`,
          `${name.ar}: أول بايت بعد ${firstByteMs} م.ث، ثم قطعة قطعة`,
        )
      : say(`${name.en}: whole after ${firstByteMs} ms`, `${name.ar}: كاملة بعد ${firstByteMs} م.ث`),
    details,
  };
}
