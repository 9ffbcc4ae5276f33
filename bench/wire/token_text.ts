/**
 * The text of one token: its number in the answer, and when it was sent, both of fixed width, so that a reader needs no parser.
 *
 * `00042@000123456789 ` is token 42, sent at 123456789 µs of the machine's monotonic clock, which all processes share.
 */
export const TOKEN_CHARS = 19;
export const NUMBER_DIGITS = 5;
export const TIME_DIGITS = 12;
const TIME_WRAP = 10 ** TIME_DIGITS;

/** The machine's monotonic clock in whole microseconds, cut to twelve digits. */
export function nowUs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return (seconds * 1e6 + Math.floor(nanoseconds / 1e3)) % TIME_WRAP;
}

/** The token's text with a given time. */
export function tokenText(number: number, timeUs: number): string {
  return `${String(number).padStart(NUMBER_DIGITS, "0")}@${String(timeUs).padStart(TIME_DIGITS, "0")} `;
}

/** Writes a time's digits into a frame that was made before, where its token has them. */
export function writeTime(target: Uint8Array, at: number, timeUs: number): void {
  let rest = timeUs;
  for (let index = at + TIME_DIGITS - 1; index >= at; index--) {
    const next = Math.floor(rest / 10);
    target[index] = 48 + (rest - next * 10);
    rest = next;
  }
}
