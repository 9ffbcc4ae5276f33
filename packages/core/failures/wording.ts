import type { Bilingual } from "../events/mod.ts";
import { waitText } from "./wait_text.ts";

/** What a failure says: what happened, and what to do. */
export interface Wording {
  message: Bilingual;
  remedy: Bilingual;
}

/** What a text may name beside the code: our own words only, never an upstream's. */
export interface WordingDetails {
  retryAfterMs?: number | undefined;
  /** Path of the wrong field, already cleaned. */
  param?: string | undefined;
  /** Our own explanation of a caller's mistake, already cleaned. */
  detail?: Bilingual | undefined;
}

/** A fixed text, or one that depends on the details. */
export type WordingOf = Wording | ((details: WordingDetails) => Wording);

/** One failure's text in both languages: [what happened, what to do]. */
export function say(en: readonly [string, string], ar: readonly [string, string]): Wording {
  return { message: { en: en[0], ar: ar[0] }, remedy: { en: en[1], ar: ar[1] } };
}

/** A text that names the wait. */
export function sayWithWait(write: (wait: Bilingual) => Wording): WordingOf {
  return ({ retryAfterMs }) => write(waitText(retryAfterMs));
}

/** A caller's mistake: the message names the field and our explanation, where they are known. */
export function sayWithField(wording: Wording): WordingOf {
  return ({ param, detail }) => {
    const field =
      param === undefined ? { en: "", ar: "" } : { en: ` Field: \`${param}\`.`, ar: ` الحقل: \`${param}\`.` };
    const why = detail === undefined ? { en: "", ar: "" } : { en: ` ${detail.en}.`, ar: ` التفصيل: ${detail.ar}.` };
    return {
      message: { en: wording.message.en + field.en + why.en, ar: wording.message.ar + field.ar + why.ar },
      remedy: wording.remedy,
    };
  };
}
