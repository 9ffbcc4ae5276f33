// The yardstick: the least that Node's own HTTP server and client can do between a reader and a provider.
import { Agent, createServer, request } from "node:http";

const upstreamPort = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

const server = createServer((incoming, response) => {
  if (incoming.url === "/healthz") {
    response.end();
    return;
  }
  const { method, url: path, headers } = incoming;
  const upstream = request({ host: "127.0.0.1", port: upstreamPort, method, path, headers, agent }, (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(response);
  });
  upstream.on("error", () => response.destroy());
  response.on("close", () => upstream.destroy());
  incoming.pipe(upstream);
});

server.listen({ host: "127.0.0.1", port: Number(process.argv[3]), backlog: 4_096 });
