import type { Principal } from "../../auth/principal.ts";
import { FailureError } from "../../failure_error.ts";
import { readJsonObject } from "../../http/body.ts";
import type { Exchange } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import { askOptionsOf, lastEventIdOf, MAX_BODY_BYTES } from "../v1/ask_options.ts";
import { askWithin } from "../v1/rate_headers.ts";
import { sendWholeAnswer } from "../v1/whole_answer.ts";
import { anthropicErrorOf } from "./errors.ts";
import { messageOf } from "./message.ts";
import { parseMessages } from "./request.ts";
import { requestIdOf } from "./request_id.ts";
import { resumeMessage, streamMessage } from "./stream.ts";
import { anthropicExtension } from "./vocabulary.ts";

/** `POST /v1/messages`, streamed or not. */
export async function createMessage(
  answers: Services["answers"],
  principal: Principal,
  exchange: Exchange,
): Promise<void> {
  const { ask, isStreamed, stopSequences } = parseMessages(await readJsonObject(exchange.request, MAX_BODY_BYTES));
  const lastEventId = lastEventIdOf(exchange);
  // A client that sends its request again to go on must not be charged for a second answer.
  if (isStreamed && lastEventId !== undefined) {
    return resumeMessage(answers, principal, exchange, { lastEventId, stopSequences });
  }
  const input = { ...ask, ...askOptionsOf(exchange, "anthropic") };
  const { answerId } = await askWithin(answers, principal, exchange, () =>
    answers.askMessages(principal, input).catch((error: unknown) => {
      throw inOwnWords(error);
    }),
  );
  const options = { answerId, route: ask.route, stopSequences };
  if (isStreamed) return streamMessage(answers, principal, exchange, options);
  const requestId = requestIdOf(answerId);
  exchange.response.setHeader("request-id", requestId);
  await sendWholeAnswer(answers, principal, exchange, {
    answerId,
    toBody: (state, end) => messageOf(options, state, end),
    toErrorBody: (failure, end) => ({
      ...anthropicErrorOf(failure, requestId),
      cogniforge: anthropicExtension(answerId, end),
    }),
  });
}

/** A refusal that names a field as this door's callers know it: of the translated messages they know no places. */
function inOwnWords(error: unknown): unknown {
  if (!(error instanceof FailureError)) return error;
  const { code } = error;
  if (code === "route-not-found") return new FailureError(code, { param: "model" });
  return code === "question-too-long" ? new FailureError(code, { param: "messages" }) : error;
}
