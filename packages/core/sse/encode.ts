/** One frame of an event stream; what is absent is not written. */
export interface SseFrame {
  /** Becomes the reader's last event id: one line, without U+0000. */
  id?: string | undefined;
  /** Type of the event; absent means `message`. */
  event?: string | undefined;
  /** Milliseconds that a reader waits before it reconnects. */
  retry?: number | undefined;
  /** The event's data. Line breaks of any kind arrive as LF. Absent: the frame dispatches no event. */
  data?: string | undefined;
  /** Shown to no reader: proves that the connection lives. */
  comment?: string | undefined;
}

const LINE_BREAK = /\r\n|\n|\r/;

/**
 * Writes one frame as one string, ready for one write.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 * @throws {SyntaxError} If the id or the event's type cannot stand in one line.
 * @throws {RangeError} If `retry` is not a whole number of milliseconds.
 */
export function encodeSse(frame: SseFrame): string {
  const { id, event, retry, data, comment } = frame;
  let text = "";
  if (comment !== undefined) text += encodeLines(":", comment);
  if (retry !== undefined) {
    if (!Number.isSafeInteger(retry) || retry < 0) {
      throw new RangeError(`Cannot encode the frame as 'retry' must be whole milliseconds: current value is ${retry}`);
    }
    text += `retry: ${retry}\n`;
  }
  if (id !== undefined) {
    // A reader ignores an id with U+0000, so the position would be lost without a word.
    if (/[\r\n\0]/.test(id)) {
      throw new SyntaxError(`Cannot encode the frame as its id must be one line without U+0000: ${quote(id)}`);
    }
    text += `id: ${id}\n`;
  }
  if (event !== undefined) {
    if (event === "" || /[\r\n]/.test(event)) {
      throw new SyntaxError(`Cannot encode the frame as its event type must be one non-empty line: ${quote(event)}`);
    }
    text += `event: ${event}\n`;
  }
  if (data !== undefined) text += encodeLines("data:", data);
  return `${text}\n`;
}

function encodeLines(field: string, value: string): string {
  if (!value.includes("\n") && !value.includes("\r")) return `${field} ${value}\n`;
  let text = "";
  for (const line of value.split(LINE_BREAK)) text += `${field} ${line}\n`;
  return text;
}

function quote(value: string): string {
  return JSON.stringify(value.slice(0, 100));
}
