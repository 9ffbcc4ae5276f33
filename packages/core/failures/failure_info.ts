import type { Bilingual, FailureCause, FailureInfo } from "../events/mod.ts";
import { FAILURE_CODES, type FailureCode } from "./codes.ts";
import type { WordingOf } from "./wording.ts";
import { ANSWER_WORDINGS } from "./wording_answer.ts";
import { CALLER_WORDINGS } from "./wording_caller.ts";
import { SERVER_WORDINGS } from "./wording_server.ts";
import { UPSTREAM_WORDINGS } from "./wording_upstream.ts";

/** The text of every code; a code without one does not compile. */
const WORDINGS: Readonly<Record<FailureCode, WordingOf>> = {
  ...UPSTREAM_WORDINGS,
  ...ANSWER_WORDINGS,
  ...CALLER_WORDINGS,
  ...SERVER_WORDINGS,
};

/** Options for {@linkcode failureInfo}. */
export interface FailureInfoOptions {
  /** Milliseconds after which the same request may succeed. */
  retryAfterMs?: number | undefined;
  /** One entry for each target that was tried, in order. */
  causes?: readonly FailureCause[] | undefined;
  /** Path of the wrong field in the caller's input, e.g. `messages[0].content`. */
  param?: string | undefined;
  /**
   * Our own words on a caller's mistake, e.g. "At most 100000 characters are allowed: there are 120000".
   * Named in failures of a caller's request and of the storage; never give an upstream's text. A text alone stands in both languages.
   */
  detail?: string | Bilingual | undefined;
}

const MAX_DETAIL_LENGTH = 300;
const MAX_PARAM_LENGTH = 100;

/** Writes a failure for its reader: what happened and what to do, in English and Arabic. */
export function failureInfo(code: FailureCode, options: FailureInfoOptions = {}): FailureInfo {
  const { causes } = options;
  const param = options.param === undefined ? undefined : plainParam(options.param);
  const detail = options.detail === undefined ? undefined : plainDetail(options.detail);
  const retryAfterMs = Number.isFinite(options.retryAfterMs) ? Math.max(0, options.retryAfterMs ?? 0) : undefined;

  const wording = WORDINGS[code];
  const { message, remedy } = typeof wording === "function" ? wording({ retryAfterMs, param, detail }) : wording;
  const info: FailureInfo = {
    code,
    message: withStatus(message, statusOf(code, causes)),
    remedy: { ...(commonRemedy(code, options) ?? remedy) },
  };
  if (retryAfterMs !== undefined) info.retryAfterMs = retryAfterMs;
  if (causes !== undefined && causes.length > 0) info.causes = [...causes];
  if (param !== undefined) info.param = param;
  return info;
}

/** Where every target failed alike, the remedy is that of the one cause. */
function commonRemedy(code: FailureCode, { causes = [], retryAfterMs }: FailureInfoOptions): Bilingual | undefined {
  const only = causes[0]?.code;
  if (code !== "all-targets-failed" || only === undefined || only === code || !isFailureCode(only)) return undefined;
  return causes.every((cause) => cause.code === only) ? failureInfo(only, { retryAfterMs }).remedy : undefined;
}

/** HTTP status under which an upstream failed with this code, the last time that it did. */
function statusOf(code: FailureCode, causes: readonly FailureCause[] = []): number | undefined {
  return code in UPSTREAM_WORDINGS ? causes.findLast((cause) => cause.code === code)?.status : undefined;
}

/** An upstream's status is named only where there was one: a bad key is 401 here and 400 there. */
function withStatus({ en, ar }: Bilingual, status: number | undefined): Bilingual {
  if (status === undefined) return { en, ar };
  const named = (text: string) => text.replace(/\.$/, ` (HTTP ${status}).`);
  return { en: named(en), ar: named(ar) };
}

const CODES: ReadonlySet<string> = new Set(FAILURE_CODES);

/** Whether a word is one of the closed list. */
export function isFailureCode(code: string): code is FailureCode {
  return CODES.has(code);
}

/** A path may hold what a caller sent: only what paths are made of stays, so that it can stand in Markdown and HTML. */
function plainParam(param: string): string | undefined {
  return param.replace(/[^\p{L}\p{N}_.$[\]/-]/gu, "").slice(0, MAX_PARAM_LENGTH) || undefined;
}

/** One sentence in each language, without its full stop, which the text around it sets. */
function plainDetail(detail: string | Bilingual): Bilingual | undefined {
  const { en, ar } = typeof detail === "string" ? { en: detail, ar: detail } : detail;
  const plain = { en: plainSentence(en), ar: plainSentence(ar) };
  return plain.en === "" || plain.ar === "" ? undefined : plain;
}

function plainSentence(text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, " ").trim();
  return line.slice(0, MAX_DETAIL_LENGTH).replace(/[.\s]+$/, "");
}
