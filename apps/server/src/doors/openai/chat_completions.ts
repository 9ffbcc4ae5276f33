import { EMPTY_ANSWER_STATE, foldEvent } from "@cogniforge/core/events";
import { httpStatusOf, isFailureCode } from "@cogniforge/core/failures";
import type { Principal } from "../../auth/principal.ts";
import { FailureError } from "../../failure_error.ts";
import { readJsonObject } from "../../http/body.ts";
import { sendJson } from "../../http/respond.ts";
import type { Exchange } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import { completionOf } from "./completion.ts";
import { openAiErrorOf } from "./errors.ts";
import { parseChatCompletion } from "./request.ts";
import { resumeStream } from "./resume.ts";
import { streamChunks } from "./stream.ts";
import { extensionOf } from "./vocabulary.ts";

/** Messages may hold images and files in base64. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** How long an answer goes on when its only reader has left and no key names it, in milliseconds. */
const GRACE_MS = 15_000;

/** `POST /v1/chat/completions`, streamed or not. */
export async function chatCompletions(
  answers: Services["answers"],
  principal: Principal,
  exchange: Exchange,
): Promise<void> {
  const { ask, isStreamed, includeUsage } = parseChatCompletion(await readJsonObject(exchange.request, MAX_BODY_BYTES));
  const lastEventId = lastEventIdOf(exchange);
  // A client that sends its request again to go on must not be charged for a second answer.
  if (isStreamed && lastEventId !== undefined) {
    return resumeStream(answers, principal, exchange, { lastEventId, includeUsage });
  }
  const idempotencyKey = headerOf(exchange, "idempotency-key");
  const { answerId } = await answers.askMessages(principal, {
    ...ask,
    idempotencyKey,
    onCut: onCutOf(exchange),
    cancelWhenUnwatchedMs: idempotencyKey === undefined ? GRACE_MS : undefined,
  });
  const { createdAt } = await answers.find(principal, answerId);
  const options = { answerId, route: ask.route, createdAt };
  if (isStreamed) {
    return streamChunks(answers, principal, exchange, { ...options, includeUsage, position: undefined });
  }
  await sendCompletion(answers, principal, exchange, options);
}

async function sendCompletion(
  answers: Services["answers"],
  principal: Principal,
  { response }: Exchange,
  options: { answerId: string; route: string; createdAt: number },
): Promise<void> {
  const { answerId } = options;
  const stop = new AbortController();
  response.once("close", () => stop.abort());
  let state = EMPTY_ANSWER_STATE;
  for await (const batch of await answers.watch(principal, answerId, { signal: stop.signal, past: "deltas" })) {
    for (const { event } of batch) state = foldEvent(state, event);
  }
  const { end } = state;
  // The reader has left: nobody is there to be answered.
  if (end === undefined) return;
  response.setHeader("x-answer-id", answerId);
  if (end.failure === undefined) return sendJson(response, 200, completionOf(options, state, end));
  const status = isFailureCode(end.failure.code) ? httpStatusOf(end.failure.code) : 500;
  if (end.failure.retryAfterMs !== undefined) {
    response.setHeader("retry-after", Math.ceil(end.failure.retryAfterMs / 1000));
  }
  sendJson(response, status, { ...openAiErrorOf(end.failure), cogniforge: extensionOf(answerId, end) });
}

function onCutOf(exchange: Exchange): "continue" | "fail" | undefined {
  const value = headerOf(exchange, "x-cogniforge-on-cut");
  if (value === undefined || value === "continue" || value === "fail") return value;
  throw new FailureError("invalid-input", {
    param: "x-cogniforge-on-cut",
    detail: "The header must be 'continue' or 'fail'",
  });
}

/** The position that a reader comes back with, as an `EventSource` sends it. */
export function lastEventIdOf(exchange: Exchange): string | undefined {
  return headerOf(exchange, "last-event-id");
}

function headerOf({ request }: Exchange, name: string): string | undefined {
  const value = request.headers[name];
  return (Array.isArray(value) ? value[0] : value) || undefined;
}
