import type { FailureCode } from "@cogniforge/core/failures";
import { formatFailure } from "@cogniforge/core/failures";
import { encodeSse } from "@cogniforge/core/sse";
import { parseCursor } from "../../answers/answer_service.ts";
import type { Started } from "../../answers/answers.ts";
import type { Principal } from "../../auth/principal.ts";
import { FailureError } from "../../failure_error.ts";
import { EventStream } from "../../http/event_stream.ts";
import { failureErrorOf, sendFailure } from "../../http/respond.ts";
import type { Exchange, HttpRoute } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import type { Authenticate } from "../guard.ts";
import { admit } from "../guard.ts";
import type { Frame, FrameSubject } from "./frames.ts";
import { errorFrame, framesOf, startedFrame } from "./frames.ts";
import { readQuestion } from "./input.ts";

/** How long an `EventSource` waits before it reconnects, in milliseconds. */
const RETRY_MS = 1_000;

/** Id of the only frame of an answer that could not begin: a reconnect with it is told to stop. */
const REFUSED = "refused";

/** Failures that no input can mend: an `EventSource` can show them only as a frame, since it can't read an error's body. */
const TOLD_IN_STREAM: ReadonlySet<FailureCode> = new Set(["no-provider"]);

/** `GET` and `POST /admin/api/chat/stream`: the plain SSE route of PROTOCOL.md section 5. */
export function sseRoutes(services: Pick<Services, "answers">, authenticate: Authenticate): HttpRoute[] {
  return [
    {
      methods: ["GET", "POST"],
      path: /^\/admin\/api\/chat\/stream$/,
      async handle(exchange) {
        const principal = await admit(authenticate, exchange.request);
        await streamAnswer(services.answers, principal, exchange);
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

async function streamAnswer(answers: Services["answers"], principal: Principal, exchange: Exchange): Promise<void> {
  const { response } = exchange;
  const lastEventId = lastEventIdOf(exchange);
  if (lastEventId === REFUSED) return void response.writeHead(204).end();
  if (lastEventId !== undefined) return resume(answers, principal, exchange, lastEventId);

  const question = await readQuestion(exchange);
  let started: Started;
  try {
    started = await answers.ask(principal, question);
  } catch (error) {
    if (!(error instanceof FailureError) || !TOLD_IN_STREAM.has(error.code)) throw error;
    const stream = new EventStream(response);
    await stream.write(encodeFrame(REFUSED, errorFrame(error.info, {})));
    return stream.end();
  }
  await follow(answers, principal, exchange, { subject: started, cursor: started.cursor, isNew: true });
}

async function resume(
  answers: Services["answers"],
  principal: Principal,
  exchange: Exchange,
  cursor: string,
): Promise<void> {
  const { answerId, seq } = parseCursor(cursor);
  const { isEnded, lastSeq, conversationId } = await answers.find(principal, answerId);
  // "No content" is how a server tells an EventSource not to come back.
  if (isEnded && seq >= lastSeq) return void exchange.response.writeHead(204).end();
  await follow(answers, principal, exchange, {
    subject: { answerId, conversationId },
    cursor,
    isNew: false,
  });
}

async function follow(
  answers: Services["answers"],
  principal: Principal,
  { response }: Exchange,
  { subject, cursor, isNew }: { subject: FrameSubject; cursor: string; isNew: boolean },
): Promise<void> {
  const stop = new AbortController();
  response.once("close", () => stop.abort());
  const batches = await answers.watch(principal, subject.answerId, { cursor, signal: stop.signal, past: "deltas" });
  const stream = new EventStream(response, { "x-answer-id": subject.answerId });
  await stream.write(`retry: ${RETRY_MS}\n\n`);
  if (isNew) await stream.write(encodeFrame(cursor, startedFrame(subject)));
  let before = cursor;
  for await (const batch of batches) {
    for (const { cursor: after, event } of batch) {
      const frames = framesOf(event, subject);
      // Only an event's last frame moves the reader on: a cut between two of them must not lose the second.
      for (const [index, frame] of frames.entries()) {
        await stream.write(encodeFrame(index === frames.length - 1 ? after : before, frame));
      }
      if (frames.length > 0) before = after;
    }
  }
  stream.end();
}

function encodeFrame(id: string, { type, data, payload }: Frame): string {
  return encodeSse({ id, data: JSON.stringify(data === undefined ? { type, payload } : { type, data, payload }) });
}

/** From the header, as an `EventSource` sends it, or from the query for clients that can't set one. */
function lastEventIdOf({ request, url }: Exchange): string | undefined {
  const header = request.headers["last-event-id"];
  return (Array.isArray(header) ? header[0] : header) || url.searchParams.get("last_event_id") || undefined;
}
