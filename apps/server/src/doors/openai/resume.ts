import { parseCursor } from "../../answers/answer_service.ts";
import type { Principal } from "../../auth/principal.ts";
import { FailureError } from "../../failure_error.ts";
import type { Exchange } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import { decodePosition } from "../frame_position.ts";
import { streamChunks } from "./stream.ts";

export interface ResumeOptions {
  /** The `id` of the last chunk that the reader has. */
  lastEventId: string;
  /** The answer that is meant, if the request names it apart from the position. */
  answerId?: string | undefined;
  includeUsage: boolean;
}

/**
 * Streams what follows a position, or answers 204 where nothing does; never asks anything.
 *
 * @throws {FailureError} `invalid-cursor` or `answer-not-found`.
 */
export async function resumeStream(
  answers: Services["answers"],
  principal: Principal,
  exchange: Exchange,
  { lastEventId, answerId, includeUsage }: ResumeOptions,
): Promise<void> {
  const position = decodePosition(lastEventId);
  const { answerId: named, seq } = parseCursor(position.cursor);
  if (answerId !== undefined && named !== answerId) throw new FailureError("invalid-cursor", { param: "cursor" });
  const { route, createdAt, isEnded, lastSeq } = await answers.find(principal, named);
  if (isEnded && seq === lastSeq) {
    exchange.response.writeHead(204).end();
    return;
  }
  await streamChunks(answers, principal, exchange, { answerId: named, route, createdAt, includeUsage, position });
}
