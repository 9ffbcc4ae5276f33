/** A position in an answer, as its opaque string names it. */
export interface CursorPosition {
  answerId: string;
  /** Sequence of the last event that the reader has; 0 for none. */
  seq: number;
  /** Length of the text that the reader has, in UTF-16 code units. */
  offset: number;
}

/** Ids of answers: chosen by clients too, so kept to characters that need no escaping in URLs, headers and SSE ids. */
export const ANSWER_ID_PATTERN: RegExp = /^[A-Za-z0-9_-]{8,64}$/;

const CURSOR_PATTERN = /^c1\.([A-Za-z0-9_-]{8,64})\.(\d{1,15})\.(\d{1,15})$/;

/** Writes a position as the opaque string that clients keep. */
export function encodeCursor({ answerId, seq, offset }: CursorPosition): string {
  return `c1.${answerId}.${seq}.${offset}`;
}

/**
 * Reads a cursor back.
 *
 * @throws {SyntaxError} If the string is not a cursor.
 */
export function decodeCursor(cursor: string): CursorPosition {
  const match = CURSOR_PATTERN.exec(cursor);
  if (match === null) {
    throw new SyntaxError(`Cannot read the cursor: ${JSON.stringify(cursor.slice(0, 100))} is not one`);
  }
  const [, answerId = "", seq, offset] = match;
  return { answerId, seq: Number(seq), offset: Number(offset) };
}
