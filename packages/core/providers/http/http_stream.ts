import { classifyResponse, classifyTransportError, UpstreamError } from "../../failures/mod.ts";
import { cancellable, whenAborted } from "../_cancellable.ts";
import type { ProviderContext, ProviderPart } from "../provider.ts";
import type { BodyReader } from "./body_reader.ts";
import { closeBody, readAfterFinish, readErrorBody } from "./body_stream.ts";
import type { ProviderFetch, ProviderFetchInit, UpstreamBodyReader, UpstreamResponse } from "./endpoint.ts";

/** Where a question goes, and what it says. */
export interface HttpRequest {
  url: string;
  /** Sent as JSON. */
  body: unknown;
}

/** One call of an upstream over HTTP. */
export interface HttpCall {
  /** Called when the stream is first read, so that what it throws is the attempt's failure. */
  build: () => HttpRequest;
  headers: Headers;
  fetch: ProviderFetch;
  /** Epoch milliseconds. */
  now: () => number;
  /** Reads the body of a 2xx answer in the dialect of the upstream. */
  createReader: (response: UpstreamResponse) => BodyReader;
}

const HEADERS: readonly ProviderPart[] = [{ type: "headers" }];
const ALIVE: readonly ProviderPart[] = [{ type: "alive" }];

/**
 * Calls an upstream and yields what it says, one batch for each read of the body.
 *
 * @throws {UpstreamError} If the call, the connection or the answer has failed.
 */
export function streamHttp(
  call: HttpCall,
  context: ProviderContext,
): AsyncIterableIterator<readonly ProviderPart[], void, undefined> {
  return cancellable(context.signal, (signal) => run(call, context, signal));
}

async function* run(
  call: HttpCall,
  context: ProviderContext,
  signal: AbortSignal,
): AsyncGenerator<readonly ProviderPart[], void, undefined> {
  const response = await request(call, context, signal);
  if (response === undefined) return;
  const body = response.body?.getReader();
  // Cancelling ends a pending read at once, on every runtime, also where `fetch` does not heed the signal.
  const onAbort = () => void body?.cancel().catch(() => {});
  signal.addEventListener("abort", onAbort, { once: true });
  let isAtEnd = false;
  try {
    await refuseFailure(call, response, body, signal);
    if (signal.aborted) return;
    yield HEADERS;
    const reader = call.createReader(response);
    if (body !== undefined) yield* readBody(body, reader, signal);
    isAtEnd = reader.isDone;
    if (signal.aborted) return;
    for (const batch of reader.end()) {
      if (signal.aborted) return;
      yield batch;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    await closeBody(body, isAtEnd && !signal.aborted);
  }
}

async function* readBody(
  body: UpstreamBodyReader,
  reader: BodyReader,
  signal: AbortSignal,
): AsyncGenerator<readonly ProviderPart[], void, undefined> {
  while (!reader.isDone) {
    const parts: ProviderPart[] = [];
    let failure: UpstreamError | undefined;
    try {
      const { done, value } = await (reader.isFinished ? readAfterFinish(body) : body.read());
      if (done || signal.aborted) return;
      reader.push(value, parts);
    } catch (error) {
      // What is thrown because of the abort is no failure.
      if (signal.aborted) return;
      reader.release(parts);
      failure = asUpstreamError(error);
    }
    if (parts.length > 0) yield parts;
    else if (failure === undefined) yield ALIVE;
    if (failure === undefined) continue;
    // What breaks after the model has finished is no failure.
    if (reader.isFinished) return;
    throw failure;
  }
}

/** The response; `undefined` if the call was aborted, at once, whether or not `fetch` heeds the signal. */
async function request(call: HttpCall, { timeouts }: ProviderContext, signal: AbortSignal) {
  if (signal.aborted) return undefined;
  const { url, body } = call.build();
  const init: ProviderFetchInit = {
    method: "POST",
    headers: call.headers,
    body: JSON.stringify(body),
    // A redirect would carry the key to another host.
    redirect: "manual",
    signal,
    connectTimeoutMs: timeouts.connectMs,
  };
  const { aborted, release } = whenAborted(signal);
  const calling = (async () => await call.fetch(url, init))();
  try {
    const response = await Promise.race([calling, aborted]);
    if (response === undefined) letGoOfLate(calling);
    return response;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw new UpstreamError(classifyTransportError(error, { stage: "before-headers" }), { cause: error });
  } finally {
    release();
  }
}

function letGoOfLate(calling: Promise<UpstreamResponse>): void {
  calling.then(
    (late) => void late.body?.cancel().catch(() => {}),
    () => {},
  );
}

async function refuseFailure(
  { now }: HttpCall,
  response: UpstreamResponse,
  body: UpstreamBodyReader | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { status } = response;
  if (response.type === "opaqueredirect" || (status >= 300 && status < 400)) {
    const detail = "a redirect, which is not followed: the base URL must name the final address";
    throw new UpstreamError({ code: "malformed", action: "fallback", status, detail });
  }
  if (response.ok) return;
  const text = body === undefined ? "" : await readErrorBody(body);
  if (signal.aborted) return;
  throw new UpstreamError(classifyResponse({ status, headers: response.headers, body: text, now: now() }));
}

function asUpstreamError(error: unknown): UpstreamError {
  if (error instanceof UpstreamError) return error;
  return new UpstreamError(classifyTransportError(error, { stage: "body" }), { cause: error });
}
