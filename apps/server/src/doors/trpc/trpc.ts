import type { AskOrigin } from "@cogniforge/core/engine";
import type { FailureInfo } from "@cogniforge/core/events";
import { failureInfo, httpStatusOf } from "@cogniforge/core/failures";
import { initTRPC, TRPCError } from "@trpc/server";
import * as z from "zod";
import type { Principal } from "../../auth/principal.ts";
import { FailureError } from "../../failure_error.ts";
import { checkDepth } from "../../http/json_depth.ts";
import { failureErrorOf } from "../../http/respond.ts";
import type { Services } from "../../services.ts";
import { storageFaultOf } from "../../storage/storage_fault.ts";

/** Pings on every subscription, in milliseconds; a client that hears none for three of them changes its transport. */
export const PING_INTERVAL_MS = 5_000;

export interface TrpcContext {
  services: Services;
  /**
   * Tells who asks, anew at every call: a WebSocket may outlive the session and the key that it was opened with.
   *
   * @throws {FailureError} For a key that was right once.
   */
  identify: () => Promise<Principal | undefined>;
  /** The header as it came. */
  cookie: string | undefined;
  /** Whether the request comes from the console's own origin or from no page at all. */
  isSameOrigin: boolean;
  /** What is kept of the request with a question that it asks. */
  origin: AskOrigin;
  /** Subscriptions that are open on this connection. */
  subscriptions: { open: number };
}

/** Subscriptions of one connection: a console has a handful, a program one for each answer that it watches. */
const MAX_SUBSCRIPTIONS = 200;

const CODE_BY_STATUS: Record<number, TRPCError["code"]> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  402: "PAYMENT_REQUIRED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  409: "CONFLICT",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  429: "TOO_MANY_REQUESTS",
  502: "BAD_GATEWAY",
  503: "SERVICE_UNAVAILABLE",
  504: "GATEWAY_TIMEOUT",
};

/** The failure that a caller sees for whatever was thrown; an unknown error tells nothing of itself. */
export function failureOf(error: TRPCError): FailureInfo {
  const { cause } = error;
  if (cause instanceof FailureError) return cause.info;
  if (cause instanceof z.ZodError) {
    const param = cause.issues[0]?.path.join(".");
    return failureInfo("invalid-input", param ? { param } : {});
  }
  // The library knows no code of its own for a body that can't be parsed.
  if (cause instanceof SyntaxError) return failureInfo("invalid-json");
  switch (error.code) {
    case "BAD_REQUEST":
      return failureInfo("invalid-input");
    case "PARSE_ERROR":
      return failureInfo("invalid-json");
    case "NOT_FOUND":
      return failureInfo("not-found");
    case "METHOD_NOT_SUPPORTED":
      return failureInfo("method-not-allowed");
    case "PAYLOAD_TOO_LARGE":
      return failureInfo("body-too-large");
    case "UNSUPPORTED_MEDIA_TYPE":
      return failureInfo("unsupported-media-type");
    case "UNAUTHORIZED":
      return failureInfo("unauthenticated");
    default:
      return failureInfo("internal");
  }
}

const t = initTRPC.context<TrpcContext>().create({
  errorFormatter({ shape, error }) {
    const failure = failureOf(error);
    const { code, httpStatus, path } = shape.data;
    return { ...shape, message: failure.message.en, data: { code, httpStatus, path, failure } };
  },
  sse: {
    ping: { enabled: true, intervalMs: PING_INTERVAL_MS },
    client: { reconnectAfterInactivityMs: 3 * PING_INTERVAL_MS },
  },
});

export const router = t.router;

/** Turns what our services throw into tRPC's errors, with the status of its code. */
const withFailures = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  const { cause } = result.error;
  if (!(cause instanceof FailureError) && storageFaultOf(cause) === undefined) return result;
  const failure = failureErrorOf(cause);
  const status = httpStatusOf(failure.code);
  throw new TRPCError({ code: CODE_BY_STATUS[status] ?? "INTERNAL_SERVER_ERROR", cause: failure });
});

/** Refuses input whose depth would exhaust the stack of whoever walks through it. */
const withBoundedInput = t.middleware(async ({ getRawInput, next }) => {
  checkDepth(await getRawInput());
  return next();
});

/** Counts a connection's subscriptions while they are open: each holds a reader of a journal. */
const withBoundedSubscriptions = t.middleware(async ({ type, ctx: { subscriptions }, signal, next }) => {
  if (type !== "subscription") return next();
  if (subscriptions.open >= MAX_SUBSCRIPTIONS) {
    throw new FailureError("too-many-requests", {
      detail: {
        en: `Subscriptions allowed on one connection: ${MAX_SUBSCRIPTIONS}`,
        ar: `الحد الأقصى للاشتراكات على اتصال واحد: ${MAX_SUBSCRIPTIONS}`,
      },
    });
  }
  subscriptions.open += 1;
  let isOpen = true;
  const release = () => {
    if (isOpen) subscriptions.open -= 1;
    isOpen = false;
  };
  signal?.addEventListener("abort", release, { once: true });
  const result = await next();
  if (!result.ok) release();
  else if (isAsyncIterable(result.data)) return { ...result, data: withEnd(result.data, release) };
  return result;
});

function isAsyncIterable(data: unknown): data is AsyncIterable<unknown> {
  return typeof data === "object" && data !== null && Symbol.asyncIterator in data;
}

async function* withEnd<T>(source: AsyncIterable<T>, atEnd: () => void): AsyncGenerator<T> {
  try {
    yield* source;
  } finally {
    atEnd();
  }
}

/** For everybody, also without a sign-in; from the console's own pages or from no page at all. */
export const openProcedure = t.procedure
  .use(withFailures)
  .use(withBoundedInput)
  .use(withBoundedSubscriptions)
  .use(async ({ ctx, next }) => {
    const found = await ctx.identify().catch((error: unknown) => {
      if (error instanceof FailureError) return error;
      throw error;
    });
    const principal = found instanceof FailureError ? undefined : found;
    // A key is no cookie: nobody else's page can send it along.
    if (principal?.kind !== "key" && !ctx.isSameOrigin) throw new FailureError("cross-origin");
    return next({ ctx: { ...ctx, principal, refusal: found instanceof FailureError ? found : undefined } });
  });

/** For whoever is signed in or has a key. */
export const procedure = openProcedure.use(({ ctx, next }) => {
  if (ctx.principal === undefined) throw ctx.refusal ?? new FailureError("unauthenticated");
  return next({ ctx: { ...ctx, principal: ctx.principal } });
});

/** For people and the operator's own key, not for programs. */
export const managingProcedure = procedure.use(({ ctx, next }) => {
  if (ctx.principal.role === "program") throw new FailureError("forbidden");
  return next();
});

/** For administrators. */
export const adminProcedure = procedure.use(({ ctx, next }) => {
  if (ctx.principal.role !== "administrator") throw new FailureError("forbidden");
  return next();
});
