/** How a provider asks: a part of the web's `RequestInit`, so that any `fetch` takes it. */
export interface ProviderFetchInit {
  method: "POST" | "GET";
  /** The same object for all requests of a provider; not to be changed. */
  headers?: Headers;
  body?: string;
  redirect?: "manual";
  signal?: AbortSignal;
  /** Limit for reaching the host, in milliseconds, for a `fetch` that can keep it. */
  connectTimeoutMs?: number;
}

/** What a provider reads of an answer: a part of the web's `Response`. */
export interface UpstreamResponse extends Pick<Response, "status" | "ok" | "type" | "headers"> {
  body: UpstreamBodyStream | null;
}

/** A part of the web's `ReadableStream` of bytes. */
export interface UpstreamBodyStream {
  getReader(): UpstreamBodyReader;
  cancel(): Promise<void>;
}

/** A part of the web's `ReadableStreamDefaultReader`. */
export interface UpstreamBodyReader {
  read(): Promise<{ done: false; value: Uint8Array } | { done: true; value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

/** The `fetch` that a provider calls: the runtime's, or one that does less. It is asked to follow no redirect. */
export type ProviderFetch = (url: string, init: ProviderFetchInit) => Promise<UpstreamResponse>;

/** Options of every provider that is reached over HTTP. */
export interface HttpProviderOptions {
  /** The name under which it is configured. */
  name: string;
  /** With the version's path: `https://openrouter.ai/api/v1`. A query (Azure's `api-version`) is kept. */
  baseUrl: string;
  /** Nothing is sent without one. */
  apiKey?: string | undefined;
  /** Further headers; they win over ours. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** The runtime's `fetch` by default. */
  fetch?: ProviderFetch | undefined;
  /** Longest event of a stream, and longest answer, in UTF-16 code units; 8 Mi by default. */
  maxChars?: number | undefined;
  /** The time in epoch milliseconds, for waits that upstreams give as dates; the wall clock by default. */
  now?: (() => number) | undefined;
}

/**
 * An address below a base URL.
 *
 * @throws {TypeError} If the base is no http or https URL, or holds credentials.
 */
export function endpointOf(baseUrl: string, path: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  // What cannot be parsed is not repeated: it may hold a key.
  if (url?.protocol !== "https:" && url?.protocol !== "http:") {
    throw new TypeError("Cannot use the base URL as it must begin with 'http://' or 'https://'");
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError("Cannot use the base URL as it holds credentials: give them as a key or a header");
  }
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/${path}`;
  url.hash = "";
  return url;
}

/**
 * The headers of every request: JSON in, an event stream out, then `own` (such as the key), then the configured ones.
 *
 * @throws {TypeError} If one holds characters that no header may carry; the message never holds the value.
 */
export function headersOf({ name, headers }: HttpProviderOptions, own: Readonly<Record<string, string>>): Headers {
  const result = new Headers({ "content-type": "application/json", accept: "text/event-stream" });
  for (const [field, value] of [...Object.entries(own), ...Object.entries(headers ?? {})]) {
    try {
      result.set(field, value);
    } catch {
      throw new TypeError(
        `Cannot use the header '${field}' of provider '${name}' as it holds characters that no header may carry`,
      );
    }
  }
  return result;
}
