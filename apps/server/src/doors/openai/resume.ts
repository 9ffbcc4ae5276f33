import { parseCursor } from "../../answers/answer_service.ts";
import type { Principal } from "../../auth/principal.ts";
import { FailureError } from "../../failure_error.ts";
import type { Exchange } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import type { StreamShape } from "./chunks.ts";
import { MAX_CHOICES } from "./request.ts";
import { streamChunks } from "./stream.ts";
import { decodePositions } from "./stream_position.ts";

export interface ResumeOptions extends Omit<StreamShape, "choices"> {
  /** The `id` of the last chunk that the reader has. */
  lastEventId: string;
  /** The answer that is meant, if the request names it apart from the position. */
  answerId?: string | undefined;
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
  { lastEventId, answerId, ...shape }: ResumeOptions,
): Promise<void> {
  const positions = decodePositions(lastEventId);
  if (positions.length > MAX_CHOICES) throw new FailureError("invalid-cursor", { param: "cursor" });
  const cursors = positions.map(({ cursor }) => parseCursor(cursor));
  const isMeant = answerId === undefined || cursors.some((cursor) => cursor.answerId === answerId);
  if (!isMeant) throw new FailureError("invalid-cursor", { param: "cursor" });
  const found = await Promise.all(
    cursors.map(async ({ answerId: id, seq }) => ({ ...(await answers.find(principal, id)), seq })),
  );
  if (found.every(({ isEnded, lastSeq, seq }) => isEnded && seq === lastSeq)) {
    exchange.response.writeHead(204).end();
    return;
  }
  await streamChunks(answers, principal, exchange, { ...shape, choices: found, positions });
}
