import type { IncomingHttpHeaders } from "node:http";
import type { Principal } from "../../auth/principal.ts";
import { mayAsk } from "../../auth/principal.ts";
import { FailureError } from "../../failure_error.ts";
import { sendJson } from "../../http/respond.ts";
import type { Exchange, HttpRoute } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import type { Authenticate } from "../guard.ts";
import { admit } from "../guard.ts";
import { lastEventIdOf } from "../v1/ask_options.ts";
import { createMessage } from "./create_message.ts";
import { refuseAsAnthropic } from "./errors.ts";
import { listAsAnthropic } from "./models.ts";
import { withOwnKey } from "./own_key.ts";
import { resumeMessage, streamMessage } from "./stream.ts";

type Guarded = (
  principal: Principal,
  exchange: Exchange,
  parameters: Readonly<Record<string, string>>,
) => void | Promise<void>;

/** Anthropic's clients name the version that they speak in every request: on paths that both doors have, this one is theirs. */
const isAnthropic = (headers: IncomingHttpHeaders) => headers["anthropic-version"] !== undefined;

/** The door for Anthropic's clients: PROTOCOL.md section 6. */
export function anthropicRoutes(
  { answers, system }: Pick<Services, "answers" | "system">,
  authenticate: Authenticate,
): HttpRoute[] {
  const withKey = withOwnKey(authenticate);
  const guarded = (handle: Guarded): Pick<HttpRoute, "handle" | "refuse"> => ({
    async handle(exchange, parameters) {
      await handle(await admit(withKey, exchange.request), exchange, parameters);
    },
    refuse: refuseAsAnthropic,
  });
  const notFound: Pick<HttpRoute, "methods" | "isFallback" | "handle" | "refuse"> = {
    methods: [],
    isFallback: true,
    handle() {
      throw new FailureError("not-found");
    },
    refuse: refuseAsAnthropic,
  };
  return [
    {
      methods: ["POST"],
      path: /^\/v1\/messages$/,
      ...guarded((principal, exchange) => createMessage(answers, principal, exchange)),
    },
    {
      methods: ["POST"],
      path: /^\/v1\/messages\/count_tokens$/,
      ...guarded(() => {
        // How many tokens a text has depends on the model, and only its provider can tell.
        throw new FailureError("unsupported-feature", {
          detail: { en: "Tokens can't be counted ahead of an answer", ar: "لا يمكن عدّ الرموز قبل الإجابة" },
        });
      }),
    },
    {
      methods: ["GET"],
      path: /^\/v1\/models$/,
      isFor: isAnthropic,
      ...guarded((principal, { response }) => {
        sendJson(
          response,
          200,
          listAsAnthropic(system.routes(), (id) => mayAsk(principal, id)),
        );
      }),
    },
    {
      methods: ["GET"],
      path: /^\/v1\/answers\/(?<id>[^/]+)\/stream$/,
      isFor: isAnthropic,
      ...guarded((principal, exchange, { id = "" }) => streamAgain(answers, principal, exchange, id)),
    },
    { path: /^\/v1\/messages(?:\/|$)/, ...notFound },
    { path: /^\/v1(?:\/|$)/, isFor: isAnthropic, ...notFound },
  ];
}

async function streamAgain(
  answers: Services["answers"],
  principal: Principal,
  exchange: Exchange,
  answerId: string,
): Promise<void> {
  const stopSequences: string[] = [];
  const lastEventId = lastEventIdOf(exchange) ?? (exchange.url.searchParams.get("cursor") || undefined);
  if (lastEventId !== undefined) {
    return resumeMessage(answers, principal, exchange, { lastEventId, answerId, stopSequences });
  }
  const { route } = await answers.find(principal, answerId);
  await streamMessage(answers, principal, exchange, { answerId, route, stopSequences });
}
