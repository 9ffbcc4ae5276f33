import type { Access } from "../caller/access.ts";
import { ForeignReplyError } from "../caller/access.ts";
import { mutate } from "../caller/call.ts";
import { asTheyCome } from "./as_they_come.ts";
import type { CheckResult } from "./check.ts";
import { say } from "./check.ts";
import { diagnose } from "./doors/diagnose.ts";
import type { Door } from "./doors/door.ts";
import { Ear } from "./doors/ear.ts";
import { judge } from "./doors/judge.ts";
import { messagesDoor } from "./doors/messages.ts";
import { plainSseDoor } from "./doors/plain_sse.ts";
import { trpcSseDoor } from "./doors/trpc_sse.ts";
import { trpcWebSocketDoor } from "./doors/trpc_websocket.ts";
import { v1Door, v1StreamDoor } from "./doors/v1.ts";
import type { Patient } from "./patient.ts";

const DOORS: readonly Door[] = [plainSseDoor, trpcSseDoor, trpcWebSocketDoor, v1StreamDoor, v1Door, messagesDoor];

/** Limit for one answer through a door; the doctor's route takes about a second. */
const LIMIT_MS = 15_000;

/** A streamed answer through every door of the server on this machine. */
export async function* checkLocalDoors({ server, serverFailure, signal }: Patient): AsyncGenerator<CheckResult> {
  if (server === undefined && serverFailure !== undefined) {
    yield {
      id: "doors",
      status: "error",
      message: say(`A server could not be started: ${serverFailure}`, `تعذّر تشغيل خادم: ‏${serverFailure}`),
      remedy: say(
        "Mend what is named above; if nothing is, start with npm start and read what it says",
        "أصلح ما ذُكر أعلاه؛ وإن لم يُذكر شيء فشغّل بالأمر npm start واقرأ ما يقوله",
      ),
    };
    return;
  }
  if (server === undefined) {
    yield {
      id: "doors",
      status: "skipped",
      message: say(
        "No server runs, and none could be started for this check",
        "لا خادم يعمل، وتعذّر تشغيل واحد لهذا الفحص",
      ),
      remedy: say("Mend what is named above, then check again", "أصلح ما ذُكر أعلاه ثم أعد الفحص"),
    };
    return;
  }
  const { url, kind } = server;
  if (kind === "trial") {
    yield {
      id: "doors",
      status: "ok",
      message: say(
        "No server runs: the doors are those of one that was started for this check alone",
        "لا خادم يعمل: الأبواب المفحوصة لخادم شُغّل لهذا الفحص وحده",
      ),
      details: { url },
    };
  }
  yield* asTheyCome(DOORS, (door) => tryDoor(door, "doors", { url, key: server.key() }, signal));
}

/** The same through the address under which others reach the server, with whatever proxy stands there. */
export async function* checkPublicDoors({
  server,
  publicUrl,
  publicKey,
  signal,
}: Patient): AsyncGenerator<CheckResult> {
  if (publicUrl === undefined) {
    yield {
      id: "public",
      status: "skipped",
      message: say(
        "No public address is known: give one with --url to try the doors through its proxy",
        "لا عنوان عامًا معروفًا: أعطه بالخيار ‎--url لفحص الأبواب عبر وسيطه",
      ),
    };
    return;
  }
  const key = publicKey?.() ?? server?.key();
  yield* asTheyCome(DOORS, (door) => tryDoor(door, "public", { url: publicUrl, key }, signal));
}

async function tryDoor(door: Door, subject: string, access: Access, signal: AbortSignal): Promise<CheckResult> {
  const id = `${subject}.${door.id}`;
  const ear = new Ear();
  const limited = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  try {
    await door.listen(access, ear, limited);
    return { id, ...judge(door, ear) };
  } catch (error) {
    const { cause, message, remedy } = isUpgradeRefused(door, error)
      ? UPGRADE_REFUSED
      : diagnose(limited.aborted ? limited.reason : error, access.url);
    return {
      id,
      // Readers climb down to the next transport by themselves.
      status: cause === "no-upgrade" ? "warning" : "error",
      message: say(`${door.name.en}: ${message.en}`, `${door.name.ar}: ${message.ar}`),
      remedy,
      details: { cause },
    };
  } finally {
    if (ear.conversationId !== undefined) await tidy(access, ear.conversationId);
  }
}

const UPGRADE_REFUSED = {
  cause: "no-upgrade",
  message: say("a proxy does not let WebSockets through", "لا يسمح وسيط بمرور WebSocket"),
  remedy: say(
    'Let the proxy pass upgrades on (nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"). Until then readers use event streams',
    'اجعل الوسيط يمرّر طلبات الترقية (nginx: ‏proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"). وإلى ذلك الحين يُستخدم بث الأحداث',
  ),
};

/** A reply to the upgrade that is neither a sign-in nor a proxy without its server: the upgrade itself was lost. */
function isUpgradeRefused(door: Door, error: unknown): boolean {
  if (door !== trpcWebSocketDoor || !(error instanceof ForeignReplyError)) return false;
  return error.location === undefined && [200, 400, 404, 405, 426, 501].includes(error.status);
}

/** Takes the question out of the list of conversations again; left there it would do no harm. */
async function tidy(access: Access, conversationId: string): Promise<void> {
  await mutate(access, "conversations.remove", { conversationId }, AbortSignal.timeout(5_000)).catch(() => {});
}
