import { parseCursor } from "../../answers/answer_service.ts";
import type { Principal } from "../../auth/principal.ts";
import { FailureError } from "../../failure_error.ts";
import { sendJson } from "../../http/respond.ts";
import type { Exchange, Handler, HttpRoute } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import type { Authenticate } from "../guard.ts";
import { admit } from "../guard.ts";
import { chatCompletions } from "./chat_completions.ts";
import { refuseAsOpenAi } from "./errors.ts";
import { listModels } from "./models.ts";
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
      ...guarded((_principal, { response }) => sendJson(response, 200, listModels(system.routes()))),
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
      ...guarded((principal, exchange, { id = "" }) => resumeStream(answers, principal, exchange, id)),
    },
    {
      methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
      path: /^\/v1\//,
      handle() {
        throw new FailureError("not-found");
      },
      refuse: refuseAsOpenAi,
    },
  ];
}

async function resumeStream(
  answers: Services["answers"],
  principal: Principal,
  exchange: Exchange,
  answerId: string,
): Promise<void> {
  const { request, response, url } = exchange;
  const header = request.headers["last-event-id"];
  const cursor = (Array.isArray(header) ? header[0] : header) || url.searchParams.get("cursor") || undefined;
  const { route, createdAt, isEnded, lastSeq } = await answers.find(principal, answerId);
  if (cursor !== undefined) {
    const position = parseCursor(cursor);
    if (position.answerId !== answerId) throw new FailureError("invalid-cursor", { param: "cursor" });
    if (isEnded && position.seq >= lastSeq) {
      response.writeHead(204).end();
      return;
    }
  }
  await streamChunks(answers, principal, exchange, { answerId, route, createdAt, includeUsage: true, cursor });
}
