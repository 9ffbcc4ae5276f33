import { failureErrorOf, sendFailure, sendJson } from "../../http/respond.ts";
import type { HttpRoute } from "../../http/routes.ts";

/** One condition of readiness. */
export interface ReadyCheck {
  ok: boolean;
  /** What is wrong, in a word. */
  detail?: string | undefined;
}

/** The state of everything that a new answer needs. */
export interface Readiness {
  store: ReadyCheck;
  targets: ReadyCheck;
  draining: ReadyCheck;
}

/** `GET /healthz` and `GET /readyz`: alive, and ready for new answers with the reasons. */
export function healthRoutes(readiness: () => Readiness): HttpRoute[] {
  const refuse: HttpRoute["refuse"] = ({ response }, error) => {
    const failure = failureErrorOf(error);
    sendFailure(response, failure, { failure: failure.info });
  };
  return [
    {
      methods: ["GET", "HEAD"],
      path: /^\/healthz$/,
      handle: ({ response }) => sendJson(response, 200, { status: "alive" }),
      refuse,
    },
    {
      methods: ["GET", "HEAD"],
      path: /^\/readyz$/,
      handle({ response }) {
        const checks = readiness();
        const ready = Object.values(checks).every(({ ok }) => ok);
        sendJson(response, ready ? 200 : 503, { ready, checks });
      },
      refuse,
    },
  ];
}
