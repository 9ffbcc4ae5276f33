import { EMPTY_ANSWER_STATE, foldEvent } from "@cogniforge/core/events";
import type { Principal } from "../../auth/principal.ts";
import { readJsonObject } from "../../http/body.ts";
import { sendJson } from "../../http/respond.ts";
import type { Exchange } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import { askOptionsOf, lastEventIdOf, MAX_BODY_BYTES } from "../v1/ask_options.ts";
import { askWithin } from "../v1/rate_headers.ts";
import { sendFailureBody } from "../v1/send_failure.ts";
import { WholeReader } from "../v1/whole_reader.ts";
import type { Choice } from "./choices.ts";
import { askChoices } from "./choices.ts";
import type { EndedChoice, Telling } from "./completion.ts";
import { completionOf } from "./completion.ts";
import { openAiErrorOf } from "./errors.ts";
import { parseChatCompletion } from "./request.ts";
import { resumeStream } from "./resume.ts";
import { streamChunks } from "./stream.ts";
import { extensionOfAll } from "./vocabulary.ts";

/** `POST /v1/chat/completions`, streamed or not. */
export async function chatCompletions(
  answers: Services["answers"],
  principal: Principal,
  exchange: Exchange,
): Promise<void> {
  const { ask, count, isStreamed, ...telling } = parseChatCompletion(
    await readJsonObject(exchange.request, MAX_BODY_BYTES),
  );
  const lastEventId = lastEventIdOf(exchange);
  // A client that sends its request again to go on must not be charged for a second answer.
  if (isStreamed && lastEventId !== undefined) {
    return resumeStream(answers, principal, exchange, { ...telling, lastEventId });
  }
  const input = { ...ask, ...askOptionsOf(exchange, "openai") };
  const choices = await askWithin(answers, principal, exchange, () => askChoices(answers, principal, input, count));
  if (isStreamed) return streamChunks(answers, principal, exchange, { ...telling, choices });
  await sendCompletion(answers, principal, exchange, { choices, telling });
}

async function sendCompletion(
  answers: Services["answers"],
  principal: Principal,
  exchange: Exchange,
  { choices, telling }: { choices: readonly Choice[]; telling: Telling },
): Promise<void> {
  const { response } = exchange;
  using reader = new WholeReader(response, answers.leaving);
  const read = await Promise.all(choices.map((choice) => readToEnd(answers, principal, choice, reader.signal)));
  const [first, ...others] = read.filter((one) => one !== undefined);
  const answerIds = choices.map(({ answerId }) => answerId);
  response.setHeader("x-answer-id", answerIds.join(","));
  // Where the reader has left, nobody is there to be answered.
  if (first === undefined || others.length + 1 < choices.length) return reader.checkLeaving();
  const ended: readonly [EndedChoice, ...EndedChoice[]] = [first, ...others];
  // What was paid for is given: only where every choice has failed is the whole a failure.
  const failure = ended.every(({ end }) => end.failure !== undefined) ? first.end.failure : undefined;
  if (failure === undefined) return sendJson(response, 200, completionOf(ended, telling));
  const cogniforge = extensionOfAll(
    answerIds,
    ended.map(({ end }) => end),
  );
  sendFailureBody(exchange, failure, { ...openAiErrorOf(failure), cogniforge });
}

/** Waits for an answer's end; `undefined` if the reader leaves before it. */
async function readToEnd(
  answers: Services["answers"],
  principal: Principal,
  choice: Choice,
  signal: AbortSignal,
): Promise<EndedChoice | undefined> {
  let state = EMPTY_ANSWER_STATE;
  for await (const batch of await answers.watch(principal, choice.answerId, { signal, past: "deltas" })) {
    for (const { event } of batch) state = foldEvent(state, event);
  }
  return state.end && { ...choice, state, end: state.end };
}
