import type { MaxTokensField } from "./request.ts";

/** What the provider adds to a request's options. */
export interface ProviderFetchInit extends RequestInit {
  /** Limit for reaching the host, in milliseconds, for a `fetch` that can keep it. */
  connectTimeoutMs?: number;
}

/** The `fetch` that a provider calls. It must heed `signal` and `redirect`. */
export type ProviderFetch = (url: string, init: ProviderFetchInit) => Promise<Response>;

/** Options for {@linkcode OpenAiChatProvider}. */
export interface OpenAiChatOptions {
  /** The name under which it is configured. */
  name: string;
  /** With the version's path: `https://openrouter.ai/api/v1`. A query (Azure's `api-version`) is kept. */
  baseUrl: string;
  /** Sent as a bearer key; nothing is sent without one. */
  apiKey?: string | undefined;
  /** Further headers; they win over ours. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** The runtime's `fetch` by default. */
  fetch?: ProviderFetch | undefined;
  /** Name of the ceiling of output tokens; by default the new one for OpenAI's own host, the old one elsewhere. */
  maxTokensField?: MaxTokensField | undefined;
  /** Longest event of a stream, and longest answer in one piece, in UTF-16 code units; 8 Mi by default. */
  maxChars?: number | undefined;
  /** The time in epoch milliseconds, for waits that upstreams give as dates; the wall clock by default. */
  now?: (() => number) | undefined;
}

/**
 * The endpoint below a base URL.
 *
 * @throws {TypeError} If it is no http or https URL.
 */
export function endpointOf(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url?.protocol !== "https:" && url?.protocol !== "http:") {
    throw new TypeError(`Cannot use the base URL as it must be an http or https URL: ${JSON.stringify(baseUrl)}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError("Cannot use the base URL as it holds credentials: give them as a key or a header");
  }
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/chat/completions`;
  url.hash = "";
  return url;
}

/**
 * The headers of every request.
 *
 * @throws {TypeError} If the key or a header holds characters that no header may carry; the message never holds the value.
 */
export function headersOf({ name, apiKey, headers }: OpenAiChatOptions): Headers {
  const result = new Headers({ "content-type": "application/json", accept: "text/event-stream" });
  const set = (field: string, value: string, what: string) => {
    try {
      result.set(field, value);
    } catch {
      throw new TypeError(
        `Cannot use the ${what} of provider '${name}' as it holds characters that no header may carry`,
      );
    }
  };
  if (apiKey !== undefined && apiKey !== "") set("authorization", `Bearer ${apiKey}`, "key");
  for (const [field, value] of Object.entries(headers ?? {})) set(field, value, `header '${field}'`);
  return result;
}
