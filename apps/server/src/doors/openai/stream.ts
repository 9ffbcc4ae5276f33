import { encodeCursor } from "@cogniforge/core/journal";
import { encodeSse } from "@cogniforge/core/sse";
import { parseCursor } from "../../answers/answer_service.ts";
import type { Principal } from "../../auth/principal.ts";
import { EventStream } from "../../http/event_stream.ts";
import type { Exchange } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import type { FramePosition } from "../frame_position.ts";
import { encodePosition } from "../frame_position.ts";
import { ChunkWriter } from "./chunks.ts";

export interface StreamChunksOptions {
  answerId: string;
  route: string;
  createdAt: number;
  includeUsage: boolean;
  /** Position to go on after. */
  position: FramePosition | undefined;
}

/** Streams an answer, or the rest of it, as chunks, each with its cursor. */
export async function streamChunks(
  answers: Services["answers"],
  principal: Principal,
  { response }: Exchange,
  options: StreamChunksOptions,
): Promise<void> {
  const { answerId, position } = options;
  const stop = new AbortController();
  response.once("close", () => stop.abort());
  const batches = await answers.watch(principal, answerId, {
    cursor: position?.cursor,
    signal: stop.signal,
    past: "deltas",
  });
  const isResumed = position !== undefined && parseCursor(position.cursor).seq > 0;
  const known = isResumed ? await answers.get(principal, answerId) : undefined;
  const stream = new EventStream(response, { "x-answer-id": answerId });
  const writer = new ChunkWriter({ ...options, known });
  let before = position?.cursor ?? encodeCursor({ answerId, seq: 0, offset: 0 });
  let had = position?.frames ?? 0;
  for await (const batch of batches) {
    for (const { cursor: after, event } of batch) {
      const chunks = writer.write(event);
      if (chunks.length === 0) continue;
      const frames = chunks.map((data, index) => {
        const isLast = index === chunks.length - 1;
        // Only an event's last chunk moves the reader to the next event: a cut between two must lose and repeat nothing.
        const id = encodePosition(isLast ? { cursor: after, frames: 0 } : { cursor: before, frames: index + 1 });
        return encodeSse({ id, data });
      });
      // One write an event.
      await stream.write(frames.slice(had).join(""));
      before = after;
      had = 0;
    }
  }
  stream.end();
}
