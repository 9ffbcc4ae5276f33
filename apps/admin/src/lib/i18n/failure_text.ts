import type { Bilingual, FailureCause, FailureInfo } from "@cogniforge/core/events";
import { failureInfo, isFailureCode } from "@cogniforge/core/failures";

const NOTHING: Bilingual = { en: "", ar: "" };

/** What happened and what to do, for a code and, where the upstream's status is known, with it. */
export function failureOf(code: string, cause?: FailureCause): Pick<FailureInfo, "message" | "remedy"> {
  // A later server may know a code that this page does not: the code itself is still worth showing.
  if (!isFailureCode(code)) return { message: { en: code, ar: code }, remedy: NOTHING };
  return failureInfo(code, cause === undefined ? {} : { causes: [cause] });
}
