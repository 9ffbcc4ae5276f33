import type { AnswerEvent } from "@cogniforge/core/events";
import type { FailureCode } from "@cogniforge/core/failures";
import { formatFailure } from "@cogniforge/core/failures";
import { encodeSse } from "@cogniforge/core/sse";
import { parseCursor } from "../../answers/answer_service.ts";
import type { Started } from "../../answers/answers.ts";
import type { Principal } from "../../auth/principal.ts";
import { FailureError } from "../../failure_error.ts";
import { EventStream } from "../../http/event_stream.ts";
import { originOf } from "../../http/request_origin.ts";
import { failureErrorOf, sendFailure } from "../../http/respond.ts";
import type { Exchange, HttpRoute } from "../../http/routes.ts";
import { speaksOfProject } from "../../project/mod.ts";
import type { Services } from "../../services.ts";
import type { FramePosition } from "../frame_position.ts";
import { decodePosition } from "../frame_position.ts";
import type { Authenticate } from "../guard.ts";
import { admit } from "../guard.ts";
import { streamAnswer } from "../stream_answer.ts";
import type { Frame, FrameSubject } from "./frames.ts";
import { errorFrame, framesOf, startedFrame } from "./frames.ts";
import { readQuestion } from "./input.ts";

/** How long an `EventSource` waits before it reconnects, in milliseconds. */
const RETRY = encodeSse({ retry: 1_000 });

/** Id of the only frame of an answer that could not begin: a reconnect with it is told to stop. */
const REFUSED = "refused";

/** Failures that no input can mend: an `EventSource` can show them only as a frame, since it can't read an error's body. */
const TOLD_IN_STREAM: ReadonlySet<FailureCode> = new Set(["no-provider"]);

/** `GET` and `POST /admin/api/chat/stream`: the plain SSE route of PROTOCOL.md section 5. */
export function sseRoutes(services: Pick<Services, "answers" | "project">, authenticate: Authenticate): HttpRoute[] {
  return [
    {
      methods: ["GET", "POST"],
      path: /^\/admin\/api\/chat\/stream$/,
      async handle(exchange) {
        const principal = await admit(authenticate, exchange.request);
        await answerQuestion(services, principal, exchange);
      },
      refuse({ response }, error) {
        const failure = failureErrorOf(error);
        sendFailure(response, failure, {
          status: "error",
          message: formatFailure(failure.info),
          failure: failure.info,
        });
      },
    },
  ];
}

async function answerQuestion(
  { answers, project }: Pick<Services, "answers" | "project">,
  principal: Principal,
  exchange: Exchange,
): Promise<void> {
  const { response } = exchange;
  const lastEventId = lastEventIdOf(exchange);
  if (lastEventId === REFUSED) return void response.writeHead(204).end();
  if (lastEventId !== undefined) return resume(answers, principal, exchange, lastEventId);

  const question = await readQuestion(exchange);
  // The old client can't say it: it always sent the project along, and its users ask about "the project".
  const isAbout = project.info(principal) !== undefined && speaksOfProject(question.question);
  question.project ??= isAbout || undefined;
  let started: Started;
  try {
    started = await answers.ask(principal, { ...question, origin: originOf(exchange.request, "sse") });
  } catch (error) {
    if (!(error instanceof FailureError) || !TOLD_IN_STREAM.has(error.code)) throw error;
    const stream = new EventStream(response);
    await stream.write(RETRY + encodeFrame(REFUSED, errorFrame(error.info, {})));
    return stream.end();
  }
  const position = { cursor: started.cursor, frames: 0 };
  await follow(answers, principal, exchange, { subject: started, position, isNew: true });
}

async function resume(
  answers: Services["answers"],
  principal: Principal,
  exchange: Exchange,
  id: string,
): Promise<void> {
  const position = decodePosition(id);
  const { answerId, seq } = parseCursor(position.cursor);
  const { isEnded, lastSeq, conversationId } = await answers.find(principal, answerId);
  // "No content" is how a server tells an EventSource not to come back.
  if (isEnded && seq === lastSeq) return void exchange.response.writeHead(204).end();
  await follow(answers, principal, exchange, {
    subject: { answerId, conversationId },
    position,
    isNew: false,
  });
}

function follow(
  answers: Services["answers"],
  principal: Principal,
  exchange: Exchange,
  { subject, position, isNew }: { subject: FrameSubject; position: FramePosition; isNew: boolean },
): Promise<void> {
  return streamAnswer(answers, principal, exchange, {
    answerId: subject.answerId,
    position,
    // A reader that has heard anything at all has an id to come back with, and does not ask twice.
    preface: isNew ? RETRY + encodeFrame(position.cursor, startedFrame(subject)) : RETRY,
    makeWriter: () => ({ write: (event) => encodedOf(event, subject) }),
  });
}

/** What has been encoded already: readers who follow an answer at the same time are given the same events. */
const encoded = new WeakMap<AnswerEvent, { data: string }[]>();

function encodedOf(event: AnswerEvent, subject: FrameSubject): { data: string }[] {
  const known = encoded.get(event);
  if (known !== undefined) return known;
  const frames = framesOf(event, subject).map((frame) => ({ data: dataOf(frame) }));
  encoded.set(event, frames);
  return frames;
}

function encodeFrame(id: string, frame: Frame): string {
  return encodeSse({ id, data: dataOf(frame) });
}

function dataOf({ type, data, payload }: Frame): string {
  return JSON.stringify(data === undefined ? { type, payload } : { type, data, payload });
}

/** From the header, as an `EventSource` sends it, or from the query for clients that can't set one. */
function lastEventIdOf({ request, url }: Exchange): string | undefined {
  const header = request.headers["last-event-id"];
  return (Array.isArray(header) ? header[0] : header) || url.searchParams.get("last_event_id") || undefined;
}
