/** A text of PostgreSQL can hold every character but this one. */
const NUL = "\u0000";

/** Data link escape: nobody types it, and where it stands in a text all the same it is written twice over. */
const ESCAPE = "\u0010";
const ESCAPED_NUL = `${ESCAPE}0`;
const ESCAPED_ESCAPE = `${ESCAPE}e`;

/** A text as PostgreSQL can keep it: equal texts stay equal, and others different. */
export function encodeStoredText(text: string): string {
  if (!text.includes(NUL) && !text.includes(ESCAPE)) return text;
  return text.replaceAll(ESCAPE, ESCAPED_ESCAPE).replaceAll(NUL, ESCAPED_NUL);
}

/** The text that was to be kept. */
export function decodeStoredText(stored: string): string {
  if (!stored.includes(ESCAPE)) return stored;
  return stored.replaceAll(ESCAPED_NUL, NUL).replaceAll(ESCAPED_ESCAPE, ESCAPE);
}
