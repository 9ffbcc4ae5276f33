import type { AnswerEnd } from "@cogniforge/core/events";
import { encodeCursor } from "@cogniforge/core/journal";
import { encodeSse } from "@cogniforge/core/sse";
import { parseCursor } from "../../answers/answer_service.ts";
import type { Principal } from "../../auth/principal.ts";
import { closeSignal } from "../../http/close_signal.ts";
import { EventStream } from "../../http/event_stream.ts";
import type { Exchange } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import type { FramePosition } from "../frame_position.ts";
import type { StreamShape } from "./chunks.ts";
import { ChunkWriter, closingData } from "./chunks.ts";
import { merge } from "./merge.ts";
import { encodePositions } from "./stream_position.ts";

export interface StreamChunksOptions extends StreamShape {
  /** Positions to go on after, one for each choice; absent means from the beginning. */
  positions?: readonly FramePosition[] | undefined;
}

/** Streams the answers of a request, or the rest of them, as chunks in the order in which they come, each with its cursor. */
export async function streamChunks(
  answers: Services["answers"],
  principal: Principal,
  { response }: Exchange,
  options: StreamChunksOptions,
): Promise<void> {
  const { choices } = options;
  const signal = closeSignal(response);
  const readers = await Promise.all(
    choices.map(async ({ answerId }, index) => {
      const cursor = options.positions?.[index]?.cursor;
      const seq = cursor === undefined ? 0 : parseCursor(cursor).seq;
      const batches = await answers.watch(principal, answerId, { cursor, signal, past: "deltas" });
      const known = seq > 0 ? await answers.get(principal, answerId) : undefined;
      const isAtEnd = known?.end !== undefined && seq >= known.end.seq;
      return { batches, writer: new ChunkWriter({ ...options, index, known }), end: isAtEnd ? known?.end : undefined };
    }),
  );
  const positions: FramePosition[] = choices.map(
    ({ answerId }, index) =>
      options.positions?.[index] ?? { cursor: encodeCursor({ answerId, seq: 0, offset: 0 }), frames: 0 },
  );
  const ends: (AnswerEnd | undefined)[] = readers.map(({ end }) => end);
  const stream = new EventStream(response, { "x-answer-id": choices.map(({ answerId }) => answerId).join(",") });
  for await (const { index, item: batch } of merge(readers.map(({ batches }) => batches))) {
    for (const { cursor: after, event } of batch) {
      const data = readers[index]?.writer.write(event) ?? [];
      if (event.type === "answer-end") {
        ends[index] = event;
        if (isComplete(ends)) data.push(...closingData(options, ends));
      }
      const before = positions[index];
      if (data.length === 0 || before === undefined) continue;
      const frames = data.map((text, at) => {
        const isLast = at === data.length - 1;
        // Only an event's last chunk moves the reader to the next event: a cut between two must lose and repeat nothing.
        const own = isLast ? { cursor: after, frames: 0 } : { cursor: before.cursor, frames: at + 1 };
        return encodeSse({ id: encodePositions(positions.with(index, own)), data: text });
      });
      const text = frames.slice(before.frames).join("");
      if (event.type === "answer-end" && isComplete(ends)) return stream.end(text);
      // One write an event.
      await stream.write(text);
      positions[index] = { cursor: after, frames: 0 };
    }
  }
  stream.end();
}

function isComplete(ends: (AnswerEnd | undefined)[]): ends is AnswerEnd[] {
  return ends.every((end) => end !== undefined);
}
