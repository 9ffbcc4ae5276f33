import type { ProviderFetch, UpstreamResponse } from "@cogniforge/core/providers";

/** Statuses whose answers have no body, which the web's `Response` insists on. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** The web's own `fetch` over ours, for packages that insist on it; it follows no redirect. */
export function webFetch(fetch: ProviderFetch): typeof globalThis.fetch {
  return async (input, init = {}) => {
    if (input instanceof Request) throw new TypeError("Cannot fetch a Request: give its address and its options");
    const { method = "GET", headers, body, signal } = init;
    if (method !== "GET" && method !== "POST") throw new TypeError(`Cannot fetch by ${method}: only by GET or POST`);
    if (body != null && typeof body !== "string") throw new TypeError("Cannot send a body that is no text");
    const response = await fetch(String(input), {
      method,
      headers: new Headers(headers),
      ...(body != null && { body }),
      redirect: "manual",
      ...(signal != null && { signal }),
    });
    return webResponse(response);
  };
}

function webResponse({ status, headers, body }: UpstreamResponse): Response {
  if (body === null || WITHOUT_BODY.has(status)) {
    void body?.cancel();
    return new Response(null, { status, headers });
  }
  const reader = body.getReader();
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value as Uint8Array<ArrayBuffer>);
    },
    cancel: () => reader.cancel(),
  });
  return new Response(stream, { status, headers });
}
