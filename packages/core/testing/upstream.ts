import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request that an upstream got, with its body, and what it answers with. */
export interface UpstreamExchange {
  request: IncomingMessage;
  body: string;
  response: ServerResponse;
}

/** A real HTTP server on 127.0.0.1 that stands for a provider. */
export interface Upstream {
  /** Without a slash at the end. */
  url: string;
  /** Exchanges so far, in order. */
  exchanges: readonly UpstreamExchange[];
  /** Responses whose connection is open and which have not ended. */
  openResponses(): number;
  /** Ends it, with every connection. */
  close(): Promise<void>;
}

/** Starts an upstream; `answer` is called when a request is there with its body. */
export async function startUpstream(answer: (exchange: UpstreamExchange) => unknown): Promise<Upstream> {
  const exchanges: UpstreamExchange[] = [];
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    open.add(response);
    response.on("close", () => open.delete(response));
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      const exchange = { request, body, response };
      exchanges.push(exchange);
      void answer(exchange);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    openResponses: () => open.size,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
