import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { FailureError } from "../failure_error.ts";
import { checkEncoding } from "./body.ts";
import { Readers } from "./readers.ts";
import { tellRequestId } from "./request_origin.ts";
import { failureErrorOf, sendFailure, sendJson } from "./respond.ts";
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
  /** How long a request may take to arrive whole, and how long a reader may take nothing of its reply, in milliseconds. */
  requestTimeoutMs: number;
  /** Connections at the same time; what is more is closed at once. */
  maxConnections: number;
}

/** Browsers and proxies keep connections for a minute; a server that closes first resets requests on their way. */
const KEEP_ALIVE_MS = 72_000;

/** How often slow requests are looked for at least, in milliseconds. */
const LOOK_FOR_SLOW_MS = 5_000;

/** How long the head of a request may take to arrive, in milliseconds; whoever connects and says nothing waits as long. */
const HEADERS_TIMEOUT_MS = 30_000;

/** Room for the longest question in an address, percent-encoded: what is too long is refused by its door, in words. */
const MAX_HEADER_BYTES = 1024 * 1024;

const ONE_HOST = { en: "A request names exactly one host", ar: "يجب أن يذكر الطلب مضيفًا واحدًا فقط" };

const UNKNOWN_EXPECTATION = { en: "Expected '100-continue' or nothing", ar: "المتوقع '100-continue' أو لا شيء" };

/** Makes the one HTTP server with its dispatch table. */
export function createHttpServer(options: ServeOptions): Server {
  const { requestTimeoutMs } = options;
  const readers = new Readers();
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      noDelay: true,
      maxHeaderSize: MAX_HEADER_BYTES,
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.min(requestTimeoutMs, HEADERS_TIMEOUT_MS),
      connectionsCheckingInterval: Math.min(requestTimeoutMs / 2, LOOK_FOR_SLOW_MS),
      // Ours says why, in both languages.
      requireHostHeader: false,
      // Anything else that a request offers to change to, such as h2c, may be left: it is answered as it stands.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket",
    },
    (request, response) => {
      readers.note(request, response);
      dispatch(options, request, response).catch((error: unknown) => {
        if (!hasLeft(request, error)) options.onError(error, request);
        response.destroy();
      });
    },
  );
  server.maxConnections = options.maxConnections;
  server.setTimeout(requestTimeoutMs, (socket) => readers.leaveDeaf(socket));
  server.on("clientError", (error, socket) => {
    if (readers.hasAnswered(socket)) socket.destroy();
    else refuseUnparsed(error, socket);
  });
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    options.prepare(request, response);
    response.shouldKeepAlive = false;
    const { info } = new FailureError("invalid-input", { param: "expect", detail: UNKNOWN_EXPECTATION });
    sendJson(response, 417, { failure: info });
  });
  return server;
}

async function dispatch(options: ServeOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  tellRequestId(request, response);
  options.prepare(request, response);
  if (!hasOneHost(request)) {
    response.shouldKeepAlive = false;
    return refusePlainly(response, new FailureError("invalid-input", { param: "host", detail: ONE_HOST }));
  }
  const url = urlOf(request);
  if (url === undefined) return refusePlainly(response, new FailureError("not-found"));
  const mount = options.mounts.find(({ path }) => url.pathname === path || url.pathname.startsWith(`${path}/`));
  const found =
    mount === undefined ? findRoute(options.routes, request.method ?? "GET", url.pathname, request.headers) : undefined;
  if (found === undefined) {
    try {
      checkEncoding(request);
    } catch (error) {
      drain(request);
      return refusePlainly(response, error);
    }
    return void (await (mount === undefined ? options.fallback(request, response) : mount.handle(request, response)));
  }
  const exchange: Exchange = { request, response, url };
  if ("allowed" in found) {
    response.setHeader("allow", [...new Set(found.allowed)].join(", "));
    return found.refuse(exchange, new FailureError("method-not-allowed"));
  }
  try {
    checkEncoding(request);
    await found.route.handle(exchange, found.parameters);
  } catch (error) {
    if (hasLeft(request, error)) return void response.destroy();
    if (!(error instanceof FailureError)) options.onError(error, request);
    // A stream that has begun can't be refused any more: cutting it tells the reader to come back with its cursor.
    if (response.headersSent) response.destroy();
    else found.route.refuse(exchange, error);
    drain(request);
  }
}

/** Whoever leaves in the middle of a request, or takes too long for it, is past being answered: no fault of ours. */
function hasLeft(request: IncomingMessage, error: unknown): boolean {
  return error === request.errored && request.errored !== null;
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

/** HTTP/1.1 wants exactly one: of two, a proxy in front may have gone by the other. */
function hasOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === "host").length;
  return hosts === 1 || (hosts === 0 && httpVersion === "1.0");
}

/** Refuses outside of any door. */
export function refusePlainly(response: ServerResponse, error: unknown): void {
  const failure = failureErrorOf(error);
  sendFailure(response, failure, { failure: failure.info });
}
