import { encodeSse } from "@cogniforge/core/sse";
import { parseCursor } from "../../answers/answer_service.ts";
import type { Principal } from "../../auth/principal.ts";
import type { Exchange } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import type { FramePosition } from "../frame_position.ts";
import { streamAnswer } from "../stream_answer.ts";
import { resumePointOf } from "../v1/resume_point.ts";
import type { MessageWriterOptions } from "./message_writer.ts";
import { MessageWriter } from "./message_writer.ts";
import { requestIdOf } from "./request_id.ts";

const PING = encodeSse({ event: "ping", data: '{"type":"ping"}' });

export interface StreamMessageOptions extends MessageWriterOptions {
  /** Position to go on after; absent means from the beginning. */
  position?: FramePosition | undefined;
}

/** Streams an answer, or the rest of it, as Anthropic's events, each with its position. */
export async function streamMessage(
  answers: Services["answers"],
  principal: Principal,
  exchange: Exchange,
  { position, ...options }: StreamMessageOptions,
): Promise<void> {
  const { answerId } = options;
  await streamAnswer(answers, principal, exchange, {
    answerId,
    position,
    headers: { "request-id": requestIdOf(answerId) },
    ping: PING,
    makeWriter: () => writerAt(answers, principal, options, position),
  });
}

export interface ResumeMessageOptions {
  /** The `id` of the last event that the reader has. */
  lastEventId: string;
  /** The answer that is meant, if the request names it apart from the position. */
  answerId?: string | undefined;
  stopSequences: readonly string[];
}

/**
 * Streams what follows a position, or answers 204 where nothing does; never asks anything.
 *
 * @throws {FailureError} `invalid-cursor` or `answer-not-found`.
 */
export async function resumeMessage(
  answers: Services["answers"],
  principal: Principal,
  exchange: Exchange,
  { lastEventId, answerId, stopSequences }: ResumeMessageOptions,
): Promise<void> {
  const { position, status, isAtEnd } = await resumePointOf(answers, principal, lastEventId, answerId);
  if (isAtEnd) {
    exchange.response.writeHead(204).end();
    return;
  }
  const { answerId: named, route } = status;
  await streamMessage(answers, principal, exchange, { answerId: named, route, stopSequences, position });
}

/** A writer that stands where the reader does: which block is open, and the how manieth, only the whole past tells. */
async function writerAt(
  answers: Services["answers"],
  principal: Principal,
  options: MessageWriterOptions,
  position: FramePosition | undefined,
): Promise<MessageWriter> {
  const writer = new MessageWriter(options);
  const seq = position === undefined ? 0 : parseCursor(position.cursor).seq;
  if (seq === 0) return writer;
  for await (const batch of await answers.watch(principal, options.answerId, { past: "deltas" })) {
    for (const { event } of batch) {
      // Deltas of one kind may have been joined beyond the position: the block that they are in is the same.
      writer.write(event);
      if (event.seq >= seq) return writer;
    }
  }
  return writer;
}
