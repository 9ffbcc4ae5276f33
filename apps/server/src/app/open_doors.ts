import type { IncomingMessage, Server } from "node:http";
import { failureInfo } from "@cogniforge/core/failures";
import type { AuthGate } from "../auth/mod.ts";
import type { Config } from "../config/mod.ts";
import { anthropicRoutes } from "../doors/anthropic/door.ts";
import { consoleFallback } from "../doors/console/fallback.ts";
import { exportRoutes } from "../doors/export/door.ts";
import { healthRoutes } from "../doors/health/door.ts";
import { metricsRoutes } from "../doors/metrics/door.ts";
import { openAiRoutes } from "../doors/openai/door.ts";
import { sseRoutes } from "../doors/sse/door.ts";
import type { TrpcMount } from "../doors/trpc/mount.ts";
import { mountTrpc, TRPC_PATH } from "../doors/trpc/mount.ts";
import { limitBody } from "../http/body.ts";
import { Farewell } from "../http/farewell.ts";
import { requestBindings } from "../http/request_origin.ts";
import type { HttpRoute } from "../http/routes.ts";
import { setSecurityHeaders } from "../http/security_headers.ts";
import { createHttpServer } from "../http/serve.ts";
import { setTrustedHeaders } from "../http/trusted_headers.ts";
import { TrustedProxies } from "../http/trusted_proxies.ts";
import { refuseSocket } from "../http/unparsed.ts";
import type { Logger } from "../log.ts";
import type { Services } from "../services.ts";
import type { Condition } from "./condition.ts";
import { readinessOf } from "./condition.ts";
import type { Current } from "./config_in_force.ts";

/** All doors on one server. */
export interface Doors {
  /** The dispatch table of those that are neither tRPC, the sign-in nor the console. */
  routes: readonly HttpRoute[];
  server: Server;
  trpc: TrpcMount;
  /** Sends connections away, once it has begun. */
  farewell: Farewell;
}

export interface OpenDoorsOptions {
  /** As it was at the start: what is read of it here holds until the next one. */
  config: Config;
  current: Readonly<Current>;
  condition: Readonly<Pick<Condition, "isStoreHealthy" | "isDraining">>;
  services: Services;
  auth: AuthGate;
  log: Logger;
}

/** Puts all doors on one server; nobody comes in before it listens. */
export async function openDoors(options: OpenDoorsOptions): Promise<Doors> {
  const { config, current, services, auth, log } = options;
  const onError = (error: unknown, request: IncomingMessage) =>
    log.error({ err: error, ...requestBindings(request) }, "A request met a fault");
  const trpc = mountTrpc({
    services,
    authenticate: auth.principalOf,
    maxBodyBytes: config.limits.requestBytes,
    nobodyMs: config.limits.requestTimeoutMs,
    onError,
  });
  const routes = doorRoutes(options);
  const proxies = new TrustedProxies(config.trustedProxies);
  const farewell = new Farewell();
  const server = createHttpServer({
    routes,
    mounts: [
      { path: TRPC_PATH, handle: trpc.handle },
      { path: "/api/auth", handle: auth.handle },
    ],
    fallback: await consoleFallback(config.console, auth),
    prepare(request, response) {
      farewell.note(response);
      const { isTls } = setTrustedHeaders(request, proxies);
      setSecurityHeaders(response, isTls);
      limitBody(request, current.config.limits.requestBytes);
    },
    requestTimeoutMs: config.limits.requestTimeoutMs,
    maxConnections: config.limits.connections,
    onError,
  });
  server.on("upgrade", (request, socket, head) => {
    setTrustedHeaders(request, proxies);
    if (request.url?.split("?", 1)[0] === TRPC_PATH) trpc.upgrade(request, socket, head);
    else refuseSocket(socket, 404, failureInfo("not-found"));
  });
  return { routes, server, trpc, farewell };
}

function doorRoutes({ config, current, condition, services, auth }: OpenDoorsOptions): HttpRoute[] {
  const { principalOf } = auth;
  return [
    ...healthRoutes(() => readinessOf(condition, current.routes)),
    ...metricsRoutes({ services, authenticate: principalOf, token: config.metricsToken?.reveal() }),
    ...sseRoutes(services, principalOf),
    ...exportRoutes(services, principalOf),
    // Before the door whose paths it shares.
    ...anthropicRoutes(services, principalOf),
    ...openAiRoutes(services, principalOf),
  ];
}
