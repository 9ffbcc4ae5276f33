import type { FailureInfo } from "@cogniforge/core/events";
import type { Access } from "./access.ts";
import { authorizationOf, ForeignReplyError } from "./access.ts";

/** What the server says of a call that it refused. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly status: number;
  readonly failure: FailureInfo;

  constructor(status: number, failure: FailureInfo) {
    super(failure.message.en);
    this.status = status;
    this.failure = failure;
  }
}

export interface CallOptions {
  signal: AbortSignal;
  /** Sent as JSON with POST; absent: GET. */
  body?: unknown;
  headers?: Record<string, string>;
}

/**
 * Calls a door.
 *
 * @returns The reply, with a status of success.
 * @throws {RefusedError} What the server says.
 * @throws {ForeignReplyError} If something else than the server answered.
 */
export async function call(access: Access, path: string, { signal, body, headers }: CallOptions): Promise<Response> {
  const response = await fetch(`${access.url}${path}`, {
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    headers: {
      ...authorizationOf(access),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    // Followed, a redirect would end at a proxy's sign-in page with status 200.
    redirect: "manual",
    signal,
  });
  const type = response.headers.get("content-type") ?? "";
  if (response.ok && /^(application\/json|text\/event-stream)/.test(type)) return response;
  const failure = type.startsWith("application/json") ? failureIn(await response.json()) : undefined;
  if (failure !== undefined) throw new RefusedError(response.status, failure);
  await response.body?.cancel();
  throw new ForeignReplyError(response.status, response.headers.get("location") ?? undefined);
}

interface Refusal {
  failure?: FailureInfo;
  error?: Partial<Record<"message" | "message_ar" | "remedy" | "remedy_ar" | "code", string>> & {
    data?: { failure?: FailureInfo };
  };
}

/** The failure of whichever door's shape; `undefined` where there is none of ours. */
function failureIn(body: unknown): FailureInfo | undefined {
  const { failure, error } = (body ?? {}) as Refusal;
  if (failure !== undefined) return failure;
  if (error?.data?.failure !== undefined) return error.data.failure;
  const { code, message, message_ar, remedy, remedy_ar } = error ?? {};
  if (code === undefined || message === undefined || message_ar === undefined) return undefined;
  return { code, message: { en: message, ar: message_ar }, remedy: { en: remedy ?? "", ar: remedy_ar ?? "" } };
}

/** Calls a mutation of the tRPC door. */
export async function mutate<T>(access: Access, path: string, input: unknown, signal: AbortSignal): Promise<T> {
  const response = await call(access, `/trpc/${path}`, { signal, body: input });
  const { result } = (await response.json()) as { result: { data: T } };
  return result.data;
}
