import { parseCursor } from "../../answers/answer_service.ts";
import type { AnswerStatus } from "../../answers/answers.ts";
import type { Principal } from "../../auth/principal.ts";
import { FailureError } from "../../failure_error.ts";
import type { Services } from "../../services.ts";
import type { FramePosition } from "../frame_position.ts";
import { decodePosition } from "../frame_position.ts";

/** Where a reader who comes back goes on. */
export interface ResumePoint {
  position: FramePosition;
  status: AnswerStatus;
  /** Whether nothing follows. */
  isAtEnd: boolean;
}

/**
 * Reads the `id` of the last frame that a reader has.
 *
 * @param answerId The answer that is meant, if the request names it apart from the position.
 * @throws {FailureError} `invalid-cursor` or `answer-not-found`.
 */
export async function resumePointOf(
  answers: Services["answers"],
  principal: Principal,
  lastEventId: string,
  answerId?: string,
): Promise<ResumePoint> {
  const position = decodePosition(lastEventId);
  const { answerId: named, seq } = parseCursor(position.cursor);
  if (answerId !== undefined && named !== answerId) throw new FailureError("invalid-cursor", { param: "cursor" });
  const status = await answers.find(principal, named);
  return { position, status, isAtEnd: status.isEnded && seq === status.lastSeq };
}
