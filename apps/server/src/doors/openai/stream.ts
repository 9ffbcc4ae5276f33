import { encodeCursor } from "@cogniforge/core/journal";
import { encodeSse } from "@cogniforge/core/sse";
import type { Principal } from "../../auth/principal.ts";
import { EventStream } from "../../http/event_stream.ts";
import type { Exchange } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import { ChunkWriter } from "./chunks.ts";

export interface StreamChunksOptions {
  answerId: string;
  route: string;
  createdAt: number;
  includeUsage: boolean;
  /** Position to go on after. */
  cursor: string | undefined;
}

/** Streams an answer, or the rest of it, as chunks, each with its cursor. */
export async function streamChunks(
  answers: Services["answers"],
  principal: Principal,
  { response }: Exchange,
  options: StreamChunksOptions,
): Promise<void> {
  const { answerId, cursor } = options;
  const stop = new AbortController();
  response.once("close", () => stop.abort());
  const batches = await answers.watch(principal, answerId, { cursor, signal: stop.signal, past: "deltas" });
  const stream = new EventStream(response, { "x-answer-id": answerId });
  const writer = new ChunkWriter(options);
  let before = cursor ?? encodeCursor({ answerId, seq: 0, offset: 0 });
  for await (const batch of batches) {
    for (const { cursor: after, event } of batch) {
      const chunks = writer.write(event);
      if (chunks.length === 0) continue;
      // One write an event; only its last chunk moves the reader on, so that a cut between two loses nothing.
      const frames = chunks.map((data, index) => encodeSse({ id: index === chunks.length - 1 ? after : before, data }));
      await stream.write(frames.join(""));
      before = after;
    }
  }
  stream.end();
}
