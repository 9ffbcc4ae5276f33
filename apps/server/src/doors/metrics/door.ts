import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { FailureError } from "../../failure_error.ts";
import { failureErrorOf, sendFailure } from "../../http/respond.ts";
import type { HttpRoute } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import type { Authenticate } from "../guard.ts";
import { admit } from "../guard.ts";

export interface MetricsDoorOptions {
  services: Pick<Services, "measures">;
  authenticate: Authenticate;
  /** `COGNIFORGE_METRICS_TOKEN`: opens this door and no other. */
  token?: string | undefined;
}

/** `GET /metrics`: everything that is measured, for Prometheus; for administrators, and whoever has the token. */
export function metricsRoutes({ services, authenticate, token }: MetricsDoorOptions): HttpRoute[] {
  const hasToken = tokenCheck(token);
  return [
    {
      methods: ["GET", "HEAD"],
      path: /^\/metrics$/,
      async handle({ request, response }) {
        if (!hasToken(request)) {
          // Also on this machine: behind a proxy everybody comes from this machine.
          const { role } = await admit(authenticate, request);
          if (role !== "administrator") throw new FailureError("forbidden");
        }
        const { type, text } = services.measures.scrape();
        response.writeHead(200, {
          "content-type": type,
          "content-length": Buffer.byteLength(text),
          "cache-control": "no-store",
        });
        response.end(text);
      },
      refuse({ response }, error) {
        const failure = failureErrorOf(error);
        sendFailure(response, failure, { failure: failure.info });
      },
    },
  ];
}

function tokenCheck(token: string | undefined): (request: IncomingMessage) => boolean {
  if (token === undefined) return () => false;
  const expected = digestOf(token);
  return ({ headers }) => {
    const given = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
    // Of digests, since the comparison wants equal lengths and must not tell the token's.
    return given !== undefined && timingSafeEqual(digestOf(given), expected);
  };
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
