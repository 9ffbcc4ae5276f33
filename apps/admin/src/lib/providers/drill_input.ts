import type { FaultInput } from "#lib/api/console_api.ts";
import { latinDigits } from "#lib/i18n/latin_digits.ts";

export type FaultName = FaultInput["fault"];
export type DrillNumber = "afterChars" | "retryAfterMs" | "everyMs" | "calls";

/** What an administrator has written; an empty text leaves the choice to the server where it may. */
export type DrillTexts = Record<DrillNumber, string>;

/** Bounds of a number, as the server has them. */
interface Bounds {
  least: number;
  most: number;
  isOptional?: boolean;
}

/** The numbers of each fault; `calls` belongs to all. */
export const NUMBERS_OF: Readonly<Record<FaultName, readonly DrillNumber[]>> = {
  cut: ["afterChars", "calls"],
  stall: ["afterChars", "calls"],
  silence: ["calls"],
  "rate-limit": ["retryAfterMs", "calls"],
  "server-error": ["calls"],
  garbage: ["afterChars", "calls"],
  "slow-drip": ["everyMs", "calls"],
};

export const FAULT_NAMES = Object.keys(NUMBERS_OF) as readonly FaultName[];

export const BOUNDS: Readonly<Record<DrillNumber, Bounds>> = {
  afterChars: { least: 0, most: 10_000_000 },
  retryAfterMs: { least: 0, most: 3_600_000, isOptional: true },
  everyMs: { least: 1, most: 3_600_000 },
  calls: { least: 1, most: 1_000_000 },
};

export const FIRST_TEXTS: Readonly<DrillTexts> = { afterChars: "40", retryAfterMs: "2000", everyMs: "100", calls: "1" };

export type DrillInput = { fault: FaultInput } | { wrong: DrillNumber[] };

/** Reads the numbers that a fault has; the others may hold anything. */
export function drillInput(name: FaultName, texts: DrillTexts): DrillInput {
  const entries = NUMBERS_OF[name].map((key) => [key, readNumber(texts[key], BOUNDS[key])] as const);
  const wrong = entries.flatMap(([key, number]) => (number === "wrong" ? [key] : []));
  if (wrong.length > 0) return { wrong };
  const numbers = entries.filter(([, number]) => number !== undefined);
  return { fault: { fault: name, ...Object.fromEntries(numbers) } as FaultInput };
}

function readNumber(text: string, { least, most, isOptional = false }: Bounds): number | undefined | "wrong" {
  const digits = latinDigits(text.trim());
  if (digits === "" && isOptional) return undefined;
  const number = /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
  return number >= least && number <= most ? number : "wrong";
}
