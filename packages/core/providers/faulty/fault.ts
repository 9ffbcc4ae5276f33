import * as z from "zod";

/** Longest pause that a drill may make, in milliseconds. */
const LONGEST_MS = 3_600_000;

const calls = z.int().min(1).max(1_000_000).default(1);
const afterChars = z.int().min(0).max(10_000_000);

/**
 * What goes wrong in a drill, for the next `calls` calls (1 unless told otherwise).
 *
 * - `cut`: after `afterChars` UTF-16 code units of text the stream ends without a finish.
 * - `stall`: after as many nothing more comes, and the connection stays open.
 * - `garbage`: after as many comes what nobody can read.
 * - `rate-limit`: 429 instead of an answer, with a wait of `retryAfterMs` if it is given.
 * - `server-error`: 500 instead of an answer.
 * - `slow-drip`: one character every `everyMs` milliseconds.
 * - `silence`: nothing from the beginning, not even that the request was accepted.
 *
 * A text that is shorter than `afterChars` comes whole.
 */
export const faultSchema = z.discriminatedUnion("fault", [
  z.strictObject({ fault: z.literal("cut"), afterChars: afterChars.default(40), calls }),
  z.strictObject({ fault: z.literal("stall"), afterChars: afterChars.default(40), calls }),
  z.strictObject({ fault: z.literal("garbage"), afterChars: afterChars.default(0), calls }),
  z.strictObject({ fault: z.literal("rate-limit"), retryAfterMs: z.int().min(0).max(LONGEST_MS).optional(), calls }),
  z.strictObject({ fault: z.literal("server-error"), calls }),
  z.strictObject({ fault: z.literal("slow-drip"), everyMs: z.int().min(1).max(LONGEST_MS).default(100), calls }),
  z.strictObject({ fault: z.literal("silence"), calls }),
]);

/** A fault as it is asked for, with its defaults left out. */
export type FaultInput = z.input<typeof faultSchema>;

/** A fault with all of its numbers. */
export type Fault = z.output<typeof faultSchema>;
