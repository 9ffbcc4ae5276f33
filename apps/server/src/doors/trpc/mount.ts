import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { failureInfo } from "@cogniforge/core/failures";
import type { TRPCError } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import { WebSocketServer } from "ws";
import { FailureError } from "../../failure_error.ts";
import { isSameOrigin } from "../../http/origin.ts";
import type { Door } from "../../http/request_origin.ts";
import { originOf, REQUEST_ID_HEADER, requestIdOf } from "../../http/request_origin.ts";
import { refuseSocket } from "../../http/unparsed.ts";
import type { Services } from "../../services.ts";
import type { Authenticate } from "../guard.ts";
import { appRouter } from "./router.ts";
import { guardSocket } from "./socket_guard.ts";
import type { TrpcContext } from "./trpc.ts";
import { failureOf, PING_INTERVAL_MS } from "./trpc.ts";

/** Path of the door, for HTTP and WebSocket alike. */
export const TRPC_PATH = "/trpc";

/** Room for the longest question, escaped. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

const MAX_BATCH_SIZE = 50;

/** Status of a WebSocket whose server goes down: RFC 6455, section 7.4.1. */
const GOING_AWAY = 1001;

const NO_HANDSHAKE = failureInfo("invalid-input", {
  detail: { en: "This is no handshake of a WebSocket", ar: "هذه ليست مصافحة WebSocket" },
});

export interface TrpcMount {
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Takes a WebSocket upgrade; a page of another origin is refused, since a cookie comes along unasked. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Tells WebSocket clients to reconnect elsewhere, and lets go of them, of the deaf ones after `leaveMs`. */
  close(leaveMs: number): void;
}

export interface TrpcMountOptions {
  services: Services;
  authenticate: Authenticate;
  /** Largest body and message, whatever larger one this door would take. */
  maxBodyBytes: number;
  /** How long a WebSocket may be nobody's, in milliseconds. */
  nobodyMs: number;
  /** Told of faults that are not a caller's. */
  onError: (error: unknown, request: IncomingMessage) => void;
}

/** Mounts the router on plain HTTP (with SSE subscriptions) and on WebSocket. */
export function mountTrpc({ services, authenticate, maxBodyBytes, nobodyMs, onError }: TrpcMountOptions): TrpcMount {
  const maxBytes = Math.min(MAX_BODY_BYTES, maxBodyBytes);
  const createContext =
    (door: Door) =>
    ({ req }: { req: IncomingMessage }): TrpcContext => ({
      services,
      identify: () => authenticate(req.headers),
      cookie: req.headers.cookie,
      isSameOrigin: isSameOrigin(req),
      origin: originOf(req, door),
      subscriptions: { open: 0 },
    });
  const report = ({ error, req }: { error: { code: string; cause?: unknown }; req: IncomingMessage }) => {
    // A WebSocket that breaks the protocol is its caller's fault, and must not fill the log.
    if ((error.cause as { code?: unknown } | undefined)?.code?.toString().startsWith("WS_ERR_")) return;
    if (error.code === "INTERNAL_SERVER_ERROR") onError(error.cause ?? error, req);
  };
  const handle = createHTTPHandler({
    router: appRouter,
    basePath: `${TRPC_PATH}/`,
    createContext: createContext("trpc"),
    maxBodySize: maxBytes,
    maxBatchSize: MAX_BATCH_SIZE,
    responseMeta: ({ errors }) => ({ headers: retryHeaders(errors) }),
    onError: report,
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxBytes });
  sockets.on("headers", (headers, request) => headers.push(`${REQUEST_ID_HEADER}: ${requestIdOf(request)}`));
  sockets.on("wsClientError", (_error, socket) => refuseSocket(socket, 400, NO_HANDSHAKE));
  // Before the adapter, so that it sends through what is bounded.
  sockets.on("connection", (socket, { headers }) => {
    const isKnown = async () => {
      try {
        return (await authenticate(headers)) !== undefined;
      } catch (error) {
        // A key that was right once.
        if (error instanceof FailureError) return false;
        throw error;
      }
    };
    guardSocket(socket, { isKnown, nobodyMs });
  });
  const handler = applyWSSHandler({
    wss: sockets,
    router: appRouter,
    createContext: createContext("trpc-websocket"),
    keepAlive: { enabled: true, pingMs: PING_INTERVAL_MS, pongWaitMs: PING_INTERVAL_MS },
    onError: report,
  });
  return {
    handle,
    upgrade(request, socket, head) {
      if (!isSameOrigin(request)) {
        return refuseSocket(socket, 403, failureInfo("cross-origin"));
      }
      sockets.handleUpgrade(request, socket, head, (client) => sockets.emit("connection", client, request));
    },
    close(leaveMs) {
      handler.broadcastReconnectNotification();
      // A farewell, and not a cut: what was sent before it arrives.
      for (const client of sockets.clients) client.close(GOING_AWAY);
      const terminate = () => {
        for (const client of sockets.clients) client.terminate();
      };
      if (leaveMs === 0) terminate();
      else setTimeout(terminate, leaveMs).unref();
      sockets.close();
    },
  };
}

/** The longest wait that the calls of a batch are asked for. */
function retryHeaders(errors: readonly TRPCError[]): Record<string, string> {
  const waits = errors.map((error) => failureOf(error).retryAfterMs ?? 0);
  const waitMs = Math.max(0, ...waits);
  return waitMs === 0 ? {} : { "retry-after": String(Math.ceil(waitMs / 1000)) };
}
