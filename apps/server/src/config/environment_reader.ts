import { formatBaseUrl, parseBaseUrl } from "./base_url.ts";
import type { ConfigReport } from "./config_error.ts";
import { quoteValue, quoteValueArabic } from "./config_error.ts";
import type { Environment } from "./dot_env.ts";
import { isPlaceholder } from "./placeholder.ts";
import { Secret } from "./secret.ts";

const TRUE = new Set(["true", "1", "yes", "on"]);
const FALSE = new Set(["false", "0", "no", "off"]);

/** Reads variables by their kind; what is wrong goes to the report, and the reading goes on with the default. */
export class EnvironmentReader {
  readonly #environment: Environment;
  readonly #report: ConfigReport;
  readonly #placeholders = new Set<string>();

  constructor(environment: Environment, report: ConfigReport) {
    this.#environment = environment;
    this.#report = report;
  }

  /** The trimmed value; nothing, or only spaces, counts as not set. */
  text(name: string): string | undefined {
    const value = this.#environment[name]?.trim();
    return value === "" ? undefined : value;
  }

  isSet(name: string): boolean {
    return this.text(name) !== undefined;
  }

  /** The value, unless it is what a template left there: that is reported once and counts as not set. */
  realText(name: string): string | undefined {
    const value = this.text(name);
    if (value === undefined || !isPlaceholder(value)) return value;
    if (!this.#placeholders.has(name)) {
      this.#placeholders.add(name);
      this.#report.notice(
        `${name} still holds a placeholder, so it counts as not set`,
        `ما زال ${name} يحمل قيمة نموذجية، فيُعدّ غير مضبوط`,
      );
    }
    return undefined;
  }

  isPlaceholder(name: string): boolean {
    const value = this.text(name);
    return value !== undefined && isPlaceholder(value);
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.text(name);
    if (value === undefined) return fallback;
    if (TRUE.has(value.toLowerCase())) return true;
    if (FALSE.has(value.toLowerCase())) return false;
    this.#report.error(
      name,
      `Expected true, 1, yes or on, or false, 0, no or off, found ${quoteValue(value)}`,
      `المتوقع true أو 1 أو yes أو on، أو false أو 0 أو no أو off، والموجود ${quoteValueArabic(value)}`,
    );
    return fallback;
  }

  /** A whole number from `min` to `max`, both included. */
  integer(name: string, fallback: number, { min, max }: { min: number; max: number }): number {
    const value = this.text(name);
    if (value === undefined) return fallback;
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    this.#report.error(
      name,
      `Expected a whole number from ${min} to ${max}, found ${quoteValue(value)}`,
      `المتوقع عدد صحيح من ${min} إلى ${max}، والموجود ${quoteValueArabic(value)}`,
    );
    return fallback;
  }

  /** A key, which must be one that an HTTP header can carry. */
  key(name: string): Secret | undefined {
    const value = this.realText(name);
    if (value === undefined) return undefined;
    if (isHeaderSafe(value)) return new Secret(value);
    this.#report.error(name, KEY_MESSAGE.en, KEY_MESSAGE.ar);
    return undefined;
  }

  /** A base URL, checked; `adjust` may complete its path. */
  baseUrl(name: string, adjust: (url: URL) => URL): string | undefined {
    const value = this.realText(name);
    if (value === undefined) return undefined;
    const result = parseBaseUrl(value);
    if ("url" in result) return formatBaseUrl(adjust(result.url));
    this.#report.error(name, result.message.en, result.message.ar);
    return undefined;
  }
}

export const KEY_MESSAGE = {
  en: "Expected a key of visible Latin characters without spaces, found other characters (often left from copying)",
  ar: "المتوقع مفتاح من محارف لاتينية ظاهرة بلا مسافات، والموجود محارف أخرى (غالبًا من أثر النسخ)",
};

/** Whether a text can stand in an `Authorization` header: visible ASCII only. */
export function isHeaderSafe(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value);
}
