import type { AnswerEvent } from "@cogniforge/core/events";
import { encodeCursor } from "@cogniforge/core/journal";
import type { SseFrame } from "@cogniforge/core/sse";
import { encodeSse } from "@cogniforge/core/sse";
import type { Principal } from "../auth/principal.ts";
import { closeSignal } from "../http/close_signal.ts";
import type { EventStreamOptions } from "../http/event_stream.ts";
import { EventStream } from "../http/event_stream.ts";
import type { Exchange } from "../http/routes.ts";
import type { Services } from "../services.ts";
import type { FramePosition } from "./frame_position.ts";
import { encodePosition } from "./frame_position.ts";

/** Writes an answer in one format. */
export interface FrameWriter {
  /** The frames for the next event, without their ids; none for an event that the format has no word for. */
  write(event: AnswerEvent): Pick<SseFrame, "event" | "data">[];
}

export interface StreamAnswerOptions extends EventStreamOptions {
  answerId: string;
  /** Position to go on after. */
  position: FramePosition | undefined;
  /** Headers beside `x-answer-id`. */
  headers?: Record<string, string>;
  /** Written before anything else, with the stream's first byte. */
  preface?: string;
  /** Makes the writer, as it stands at the position, once the answer is known to be there. */
  makeWriter: () => FrameWriter | Promise<FrameWriter>;
}

/** Streams an answer, or the rest of it, in one format, each frame with its position. */
export async function streamAnswer(
  answers: Services["answers"],
  principal: Principal,
  { response }: Exchange,
  { answerId, position, makeWriter, headers, preface, ...options }: StreamAnswerOptions,
): Promise<void> {
  const signal = closeSignal(response);
  const batches = await answers.watch(principal, answerId, {
    cursor: position?.cursor,
    signal,
    past: "deltas",
  });
  const writer = await makeWriter();
  const stream = new EventStream(response, { ...headers, "x-answer-id": answerId }, options);
  if (preface !== undefined) await stream.write(preface);
  let before = position?.cursor ?? encodeCursor({ answerId, seq: 0, offset: 0 });
  let had = position?.frames ?? 0;
  for await (const batch of batches) {
    for (const { cursor: after, event } of batch) {
      const written = writer.write(event);
      if (written.length === 0) continue;
      const frames = written.map((frame, index) => {
        const isLast = index === written.length - 1;
        // Only an event's last frame moves the reader to the next event: a cut between two must lose and repeat nothing.
        const id = encodePosition(isLast ? { cursor: after, frames: 0 } : { cursor: before, frames: index + 1 });
        return encodeSse({ ...frame, id });
      });
      const text = frames.slice(had).join("");
      // One write an event; the last one goes out with the end.
      if (event.type === "answer-end") return stream.end(text);
      await stream.write(text);
      before = after;
      had = 0;
    }
  }
  stream.end();
}
