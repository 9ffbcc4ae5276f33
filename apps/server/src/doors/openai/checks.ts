import type { Bilingual } from "@cogniforge/core/events";
import { FailureError } from "../../failure_error.ts";

/** Looks at one field of a request, which stands at `param`; throws {@linkcode FailureError} `invalid-input` if it is wrong. */
export type Check = (value: unknown, param: string) => void;

const KINDS = {
  text: { en: "a text", ar: "نصّ" },
  number: { en: "a number", ar: "عدد" },
  "whole number": { en: "a whole number", ar: "عدد صحيح" },
  boolean: { en: "true or false", ar: "true أو false" },
  list: { en: "a list", ar: "قائمة" },
  object: { en: "an object", ar: "كائن" },
  null: { en: "null", ar: "null" },
  nothing: { en: "nothing", ar: "لا شيء" },
} satisfies Record<string, Bilingual>;
export type Kind = keyof typeof KINDS;

/** @throws {FailureError} `invalid-input`, naming the field. */
export function refuse(param: string, detail: Bilingual): never {
  throw new FailureError("invalid-input", { param, detail });
}

/** @throws {FailureError} `invalid-input`, telling what was wanted and what was found. */
export function refuseKind(param: string, wanted: readonly Kind[], value: unknown): never {
  const found = KINDS[kindOf(value)];
  const en = wanted.map((kind) => KINDS[kind].en).join(" or ");
  const ar = wanted.map((kind) => KINDS[kind].ar).join(" أو ");
  refuse(param, { en: `Wanted is ${en}, found was ${found.en}`, ar: `المطلوب ${ar}، والموجود ${found.ar}` });
}

/** A value of one of some kinds. */
export function isKind(...kinds: readonly Kind[]): Check {
  return (value, param) => {
    const kind = kindOf(value);
    const isFine = kinds.some((one) => one === kind || (one === "number" && kind === "whole number"));
    if (!isFine) refuseKind(param, kinds, value);
  };
}

/** A whole number within limits, both included. */
export function isWholeNumber(from: number, to = Number.MAX_SAFE_INTEGER): Check {
  return (value, param) => {
    isKind("whole number")(value, param);
    if ((value as number) >= from && (value as number) <= to) return;
    if (to === Number.MAX_SAFE_INTEGER) {
      refuse(param, { en: `The least is ${from}, found was ${value}`, ar: `أقلّ قيمة ${from}، والموجود ${value}` });
    }
    refuse(param, {
      en: `From ${from} to ${to} can be asked for, found was ${value}`,
      ar: `يمكن طلب ما بين ${from} و${to}، والموجود ${value}`,
    });
  };
}

/** A list whose every item passes a check. */
export function isListOf(check: Check, { atLeast = 0 } = {}): Check {
  return (value, param) => {
    if (!Array.isArray(value)) refuseKind(param, ["list"], value);
    if (value.length < atLeast) {
      refuse(param, {
        en: `At least ${atLeast} is wanted, found was none`,
        ar: "القائمة فارغة، والمطلوب عنصر على الأقلّ",
      });
    }
    for (const [index, item] of value.entries()) check(item, `${param}.${index}`);
  };
}

/** A text that is not empty. */
export const isName: Check = (value, param) => {
  isKind("text")(value, param);
  if (value === "") refuse(param, { en: "The text is empty", ar: "النصّ فارغ" });
};

/** The object that a value is. */
export function objectAt(value: unknown, param: string): Record<string, unknown> {
  isKind("object")(value, param);
  return value as Record<string, unknown>;
}

/** Checks those fields of an object that are there; `null` is absent, as OpenAI has it. */
export function checkFields(
  object: Readonly<Record<string, unknown>>,
  checks: Readonly<Record<string, Check>>,
  prefix = "",
): void {
  for (const [name, check] of Object.entries(checks)) {
    const value = object[name];
    if (value !== undefined && value !== null) check(value, `${prefix}${name}`);
  }
}

function kindOf(value: unknown): Kind {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  switch (typeof value) {
    case "string":
      return "text";
    case "number":
      return Number.isInteger(value) ? "whole number" : "number";
    case "boolean":
      return "boolean";
    case "object":
      return "object";
    default:
      return "nothing";
  }
}
