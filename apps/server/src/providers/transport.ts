import type { ProviderFetch } from "@cogniforge/core/providers";
import { Agent } from "undici";
import type { LookUpAll } from "./allowed_addresses.ts";
import { allowedLookup, checkUpstreamUrl } from "./allowed_addresses.ts";
import { UpstreamCall } from "./upstream_call.ts";

/**
 * A lean `fetch` for upstream calls, on undici's wire but without the web's streams; it keeps the limit for reaching a host apart
 * from the limits for what it says.
 */
export interface Transport {
  fetch: ProviderFetch;
  close(): Promise<void>;
}

export interface TransportOptions {
  /** How names become addresses; by default as the system does it. */
  lookup?: LookUpAll | undefined;
}

const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;

/**
 * Makes the transport that all providers share: kept-alive connections, one pool for each connect timeout.
 *
 * Undici's own limits for headers and body are off (300 seconds by default, reset by any comment): the engine watches the model's
 * progress, and a long answer must not be cut by a second clock. No redirect is followed: it would carry a key to another host.
 */
export function createTransport({ lookup }: TransportOptions = {}): Transport {
  const agents = new Map<number, Agent>();
  const agentFor = (timeout: number): Agent => {
    const known = agents.get(timeout);
    if (known !== undefined) return known;
    const agent = new Agent({ connect: { timeout, lookup: allowedLookup(lookup) }, headersTimeout: 0, bodyTimeout: 0 });
    agents.set(timeout, agent);
    return agent;
  };
  const lists = new WeakMap<Headers, string[]>();
  const listOf = (headers: Headers): string[] => {
    const known = lists.get(headers);
    if (known !== undefined) return known;
    const list = [...headers].flat();
    lists.set(headers, list);
    return list;
  };
  return {
    async fetch(url, { method, headers, body = null, signal, connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS }) {
      const address = new URL(url);
      checkUpstreamUrl(address);
      const { origin, pathname, search } = address;
      const call = new UpstreamCall(signal);
      const list = headers === undefined ? [] : listOf(headers);
      // What undici refuses to send at all, it tells the call too.
      agentFor(connectTimeoutMs).dispatch({ origin, path: pathname + search, method, headers: list, body }, call);
      return call.response;
    },
    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
  };
}
