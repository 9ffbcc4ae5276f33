import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { FailureError } from "../failure_error.ts";
import { tellRequestId } from "./request_origin.ts";
import { failureErrorOf, sendFailure } from "./respond.ts";
import type { Exchange, HttpRoute } from "./routes.ts";
import { findRoute } from "./routes.ts";
import { refuseUnparsed } from "./unparsed.ts";

/** A handler of Node's own kind, for everything below a path. */
export interface Mount {
  /** Path itself and everything below it. */
  path: string;
  handle(request: IncomingMessage, response: ServerResponse): unknown;
}

export interface ServeOptions {
  routes: readonly HttpRoute[];
  mounts: readonly Mount[];
  /** Whatever no route and no mount takes. */
  fallback(request: IncomingMessage, response: ServerResponse): unknown;
  /** Sees every request first, to overwrite headers that only this server may set. */
  prepare(request: IncomingMessage, response: ServerResponse): void;
  onError(error: unknown, request: IncomingMessage): void;
  /** How long a request may take to arrive whole, in milliseconds. */
  requestTimeoutMs: number;
}

/** Browsers and proxies keep connections for a minute; a server that closes first resets requests on their way. */
const KEEP_ALIVE_MS = 72_000;

/** How often slow requests are looked for at least, in milliseconds. */
const LOOK_FOR_SLOW_MS = 5_000;

/** Node's own limit for the head of a request, in milliseconds. */
const HEADERS_TIMEOUT_MS = 60_000;

/** Room for the longest question in an address, percent-encoded: what is too long is refused by its door, in words. */
const MAX_HEADER_BYTES = 1024 * 1024;

/** Makes the one HTTP server with its dispatch table. */
export function createHttpServer(options: ServeOptions): Server {
  const { requestTimeoutMs } = options;
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      noDelay: true,
      maxHeaderSize: MAX_HEADER_BYTES,
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.min(requestTimeoutMs, HEADERS_TIMEOUT_MS),
      connectionsCheckingInterval: Math.min(requestTimeoutMs / 2, LOOK_FOR_SLOW_MS),
    },
    (request, response) => {
      dispatch(options, request, response).catch((error: unknown) => {
        options.onError(error, request);
        response.destroy();
      });
    },
  );
  server.on("clientError", refuseUnparsed);
  return server;
}

async function dispatch(options: ServeOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  tellRequestId(request, response);
  options.prepare(request, response);
  const url = urlOf(request);
  if (url === undefined) return refusePlainly(response, new FailureError("not-found"));
  const mount = options.mounts.find(({ path }) => url.pathname === path || url.pathname.startsWith(`${path}/`));
  if (mount !== undefined) return void (await mount.handle(request, response));
  const found = findRoute(options.routes, request.method ?? "GET", url.pathname, request.headers);
  if (found === undefined) return void (await options.fallback(request, response));
  const exchange: Exchange = { request, response, url };
  if ("allowed" in found) {
    response.setHeader("allow", [...new Set(found.allowed)].join(", "));
    return found.refuse(exchange, new FailureError("method-not-allowed"));
  }
  try {
    await found.route.handle(exchange, found.parameters);
  } catch (error) {
    // Whoever leaves in the middle of a request, or takes too long for it, is past being answered: no fault of ours.
    if (error === request.errored && request.errored !== null) return void response.destroy();
    if (!(error instanceof FailureError)) options.onError(error, request);
    // A stream that has begun can't be refused any more: cutting it tells the reader to come back with its cursor.
    if (response.headersSent) response.destroy();
    else found.route.refuse(exchange, error);
    drain(request);
  }
}

/** Reads what is left of a refused body, within reason, so that the caller can read the answer. */
function drain(request: IncomingMessage): void {
  if (!request.complete) request.resume();
}

function urlOf({ url = "/" }: IncomingMessage): URL | undefined {
  // A path such as "//host" must not be taken for a host.
  const path = url.replace(/^\/+/, "/");
  return URL.canParse(path, "http://localhost") ? new URL(path, "http://localhost") : undefined;
}

/** Refuses outside of any door. */
export function refusePlainly(response: ServerResponse, error: unknown): void {
  const failure = failureErrorOf(error);
  sendFailure(response, failure, { failure: failure.info });
}
