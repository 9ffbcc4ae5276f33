import type { ProviderFetch } from "@cogniforge/core/providers";
import { Agent, fetch as undiciFetch } from "undici";

/** A `fetch` for upstream calls that keeps the limit for reaching a host apart from the limits for what it says. */
export interface Transport {
  fetch: ProviderFetch;
  close(): Promise<void>;
}

const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;

/**
 * Makes the transport that all providers share: kept-alive connections, one pool for each connect timeout.
 *
 * Undici's own limits for headers and body are off (300 seconds by default, reset by any comment): the engine watches the model's
 * progress, and a long answer must not be cut by a second clock.
 */
export function createTransport(): Transport {
  const agents = new Map<number, Agent>();
  const agentFor = (timeout: number): Agent => {
    const known = agents.get(timeout);
    if (known !== undefined) return known;
    const agent = new Agent({ connect: { timeout }, headersTimeout: 0, bodyTimeout: 0 });
    agents.set(timeout, agent);
    return agent;
  };
  return {
    async fetch(url, { connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS, ...init }) {
      const dispatcher = agentFor(connectTimeoutMs);
      // Undici's Response is the web's; only its declared types are a package's own.
      return (await undiciFetch(url, { ...init, dispatcher } as Parameters<
        typeof undiciFetch
      >[1])) as unknown as Response;
    },
    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
  };
}
