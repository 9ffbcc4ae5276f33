import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { TRPCError } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import { WebSocketServer } from "ws";
import { isSameOrigin } from "../../http/origin.ts";
import type { Door } from "../../http/request_origin.ts";
import { originOf, REQUEST_ID_HEADER, requestIdOf } from "../../http/request_origin.ts";
import type { Services } from "../../services.ts";
import type { Authenticate } from "../guard.ts";
import { appRouter } from "./router.ts";
import type { TrpcContext } from "./trpc.ts";
import { failureOf, PING_INTERVAL_MS } from "./trpc.ts";

/** Path of the door, for HTTP and WebSocket alike. */
export const TRPC_PATH = "/trpc";

/** Room for the longest question, escaped. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

const MAX_BATCH_SIZE = 50;

/** Status of a WebSocket whose server goes down: RFC 6455, section 7.4.1. */
const GOING_AWAY = 1001;

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
  /** Told of faults that are not a caller's. */
  onError: (error: unknown, request: IncomingMessage) => void;
}

/** Mounts the router on plain HTTP (with SSE subscriptions) and on WebSocket. */
export function mountTrpc({ services, authenticate, maxBodyBytes, onError }: TrpcMountOptions): TrpcMount {
  const maxBytes = Math.min(MAX_BODY_BYTES, maxBodyBytes);
  const createContext =
    (door: Door) =>
    ({ req }: { req: IncomingMessage }): TrpcContext => ({
      services,
      identify: () => authenticate(req.headers),
      cookie: req.headers.cookie,
      isSameOrigin: isSameOrigin(req),
      origin: originOf(req, door),
    });
  const report = ({ error, req }: { error: { code: string; cause?: unknown }; req: IncomingMessage }) => {
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
        socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        return;
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
