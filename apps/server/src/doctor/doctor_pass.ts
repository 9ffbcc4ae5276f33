import { createHmac, timingSafeEqual } from "node:crypto";
import type { Principal } from "../auth/principal.ts";
import type { Authenticate } from "../doors/guard.ts";
import { DOCTOR_ROUTE } from "./doctor_route.ts";

const PREFIX = "cfdoctor-";

/** How long a pass is taken, in milliseconds: longer than any examination. */
const VALID_MS = 5 * 60_000;

/** Owner of the doctor's answers. */
export const DOCTOR_ID = "key:doctor";

/** Who holds a pass: a program that may ask the doctor's route and read what it asked, within limits of its own. */
const DOCTOR: Principal = {
  id: DOCTOR_ID,
  kind: "key",
  role: "program",
  name: "doctor",
  grant: {
    id: "doctor",
    routes: [DOCTOR_ROUTE],
    // Every door of two addresses at once, and some examinations a minute.
    limits: { concurrentAnswers: 24, requestsPerMinute: 240, tokensPerMinute: 0 },
  },
};

/**
 * A key for the doors that is good for some minutes.
 *
 * It is made from the secret in the data folder: whoever can read that could sign in as anybody, so nothing is given away.
 */
export function makePass(secret: string, now: number = Date.now()): string {
  const until = (now + VALID_MS).toString(36);
  return `${PREFIX}${until}-${signatureOf(secret, until)}`;
}

/** Lets passes in beside whatever else is let in; a pass that is over or wrong is nobody's. */
export function acceptPasses(authenticate: Authenticate, secret: string, now: () => number = Date.now): Authenticate {
  return async (headers) => {
    const pass = new RegExp(`^Bearer +${PREFIX}([0-9a-z]{1,12})-([\\w-]{43}) *$`, "i").exec(
      headers.authorization ?? "",
    );
    if (pass === null) return authenticate(headers);
    const [, until = "", signature = ""] = pass;
    const isSigned = timingSafeEqual(Buffer.from(signature), Buffer.from(signatureOf(secret, until)));
    const leftMs = Number.parseInt(until, 36) - now();
    return isSigned && leftMs > 0 && leftMs <= VALID_MS ? DOCTOR : undefined;
  };
}

function signatureOf(secret: string, until: string): string {
  return createHmac("sha256", secret).update(`doctor:${until}`).digest("base64url");
}
