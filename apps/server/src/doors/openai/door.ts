import type { Principal } from "../../auth/principal.ts";
import { mayAsk } from "../../auth/principal.ts";
import { FailureError } from "../../failure_error.ts";
import { sendJson } from "../../http/respond.ts";
import type { Exchange, Handler, HttpRoute } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import type { Authenticate } from "../guard.ts";
import { admit } from "../guard.ts";
import { lastEventIdOf } from "../v1/ask_options.ts";
import { chatCompletions } from "./chat_completions.ts";
import { choiceOf } from "./choices.ts";
import { refuseAsOpenAi } from "./errors.ts";
import { findModel, listModels } from "./models.ts";
import { resumeStream } from "./resume.ts";
import { streamChunks } from "./stream.ts";

type Guarded = (
  principal: Principal,
  exchange: Exchange,
  parameters: Readonly<Record<string, string>>,
) => void | Promise<void>;

/** The OpenAI-compatible door of PROTOCOL.md section 6. */
export function openAiRoutes(
  { answers, system }: Pick<Services, "answers" | "system">,
  authenticate: Authenticate,
): HttpRoute[] {
  const guarded = (handle: Guarded): Pick<HttpRoute, "handle" | "refuse"> => ({
    handle: (async (exchange, parameters) => {
      await handle(await admit(authenticate, exchange.request), exchange, parameters);
    }) satisfies Handler,
    refuse: refuseAsOpenAi,
  });
  return [
    {
      methods: ["POST"],
      path: /^\/v1\/chat\/completions$/,
      ...guarded((principal, exchange) => chatCompletions(answers, principal, exchange)),
    },
    {
      methods: ["GET"],
      path: /^\/v1\/models$/,
      ...guarded((principal, { response }) => {
        const { object, data } = listModels(system.routes());
        sendJson(response, 200, { object, data: data.filter(({ id }) => mayAsk(principal, id)) });
      }),
    },
    {
      methods: ["GET"],
      // The name of a target holds slashes, which some clients encode and some do not.
      path: /^\/v1\/models\/(?<id>.+)$/,
      ...guarded((principal, { response }, { id = "" }) => {
        const model = findModel(system.routes(), decoded(id));
        if (!mayAsk(principal, model.id)) throw new FailureError("route-not-found", { param: "model" });
        sendJson(response, 200, model);
      }),
    },
    {
      methods: ["GET"],
      path: /^\/v1\/answers\/(?<id>[^/]+)$/,
      ...guarded(async (principal, { response }, { id = "" }) =>
        sendJson(response, 200, await answers.get(principal, id)),
      ),
    },
    {
      methods: ["DELETE"],
      path: /^\/v1\/answers\/(?<id>[^/]+)$/,
      ...guarded(async (principal, { response }, { id = "" }) => {
        const cancelled = await answers.cancel(principal, id);
        sendJson(response, 200, { id, object: "answer.cancelled", cancelled });
      }),
    },
    {
      methods: ["GET"],
      path: /^\/v1\/answers\/(?<id>[^/]+)\/stream$/,
      ...guarded((principal, exchange, { id = "" }) => streamAgain(answers, principal, exchange, id)),
    },
    {
      methods: [],
      path: /^\/v1(?:\/|$)/,
      isFallback: true,
      handle() {
        throw new FailureError("not-found");
      },
      refuse: refuseAsOpenAi,
    },
  ];
}

async function streamAgain(
  answers: Services["answers"],
  principal: Principal,
  exchange: Exchange,
  answerId: string,
): Promise<void> {
  const lastEventId = lastEventIdOf(exchange) ?? (exchange.url.searchParams.get("cursor") || undefined);
  // Whoever asks by the answer's id alone is told all that is there.
  const shape = { includeUsage: true, hasLogprobs: true, isLegacy: false };
  if (lastEventId !== undefined) {
    return resumeStream(answers, principal, exchange, { ...shape, lastEventId, answerId });
  }
  const choices = [await choiceOf(answers, principal, answerId)];
  await streamChunks(answers, principal, exchange, { ...shape, choices });
}

/** A part of a path as its sender meant it. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
