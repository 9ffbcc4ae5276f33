/** One event of a stream as a reader gets it, read without any of the code that writes it. */
export interface ReceivedEvent {
  id: string | undefined;
  data: string;
}

/** Reads the events of a whole event stream; comments and `retry` are no events. */
export function parseEvents(text: string): ReceivedEvent[] {
  const events: ReceivedEvent[] = [];
  let id: string | undefined;
  for (const frame of text.split("\n\n")) {
    const lines = frame.split("\n");
    id = lines.findLast((line) => line.startsWith("id: "))?.slice(4) ?? id;
    const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6));
    if (data.length > 0) events.push({ id, data: data.join("\n") });
  }
  return events;
}

/** Reads a response to its end, or until an event satisfies `isEnough`; then it hangs up. */
export async function readEvents(
  response: Response,
  isEnough: (event: ReceivedEvent) => boolean = () => false,
): Promise<ReceivedEvent[]> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const read = await reader?.read();
    if (read === undefined || read.done) return parseEvents(text);
    text += read.value;
    const events = parseEvents(text.slice(0, text.lastIndexOf("\n\n") + 2));
    const at = events.findIndex(isEnough);
    if (at < 0) continue;
    await reader?.cancel();
    return events.slice(0, at + 1);
  }
}
