import type { Clock } from "@cogniforge/core/resilience";
import type { AppRouter } from "@cogniforge/server/router";
import { createTRPCClient, httpLink, type TRPCClient, TRPCClientError } from "@trpc/client";
import { linkedController } from "./abort.ts";
import { ConnectionError, FailureError, failureOfShape } from "./errors.ts";
import type { Endpoint } from "./transports/transport.ts";

/** Options of every call. */
export interface CallOptions {
  /** Ends the call, not what it caused. */
  signal?: AbortSignal | undefined;
}

/** Queries and mutations over plain HTTP, with a limit of time and errors that say what to do. */
export class Calls {
  readonly trpc: TRPCClient<AppRouter>;
  readonly #clock: Clock;
  readonly #timeoutMs: number;

  constructor(endpoint: Endpoint, clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    // Not batched: a batch is answered when its slowest call is, and a poll waits for half a minute.
    this.trpc = createTRPCClient<AppRouter>({
      links: [httpLink({ url: endpoint.url, headers: endpoint.headers, fetch: fetchJson(endpoint) as never })],
    });
  }

  /**
   * Makes one call. `waitMs` is how long the server was asked to wait before it replies.
   *
   * @throws {FailureError} What the server says, or a `ConnectionError` if it says nothing.
   */
  async call<T>(
    run: (options: { signal: AbortSignal }) => Promise<T>,
    { signal, waitMs = 0 }: CallOptions & { waitMs?: number | undefined } = {},
  ): Promise<T> {
    const { controller, unlink } = linkedController(signal);
    const limitMs = waitMs + this.#timeoutMs;
    const cancelTimer = this.#clock.setTimer(
      () => controller.abort(new Error(`No reply within ${limitMs} ms`)),
      limitMs,
    );
    try {
      return await run({ signal: controller.signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw this.failureOf(error);
    } finally {
      cancelTimer();
      unlink();
    }
  }

  /** What a failed call means: the server's own word, or that it could not be reached. */
  failureOf(error: unknown): FailureError {
    if (error instanceof FailureError) return error;
    if (!(error instanceof TRPCClientError)) return new ConnectionError({ cause: error });
    if (error.cause instanceof FailureError) return error.cause;
    return failureOfShape(error.shape, undefined, error) ?? new ConnectionError({ cause: error });
  }
}

/** Refuses a proxy's page by its status; parsed as JSON, it would be a syntax error that tells nothing. */
function fetchJson({ fetch }: Endpoint): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const type = response.headers.get("content-type") ?? "";
    if (response.ok || type.includes("json")) return response;
    await response.body?.cancel();
    throw new ConnectionError({ status: response.status });
  };
}
