// The least that a tRPC subscription can do with a provider's stream: fetch it and yield each token, over SSE and over WebSocket.
import { createServer } from "node:http";
import { initTRPC, tracked } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import { WebSocketServer } from "ws";
import * as z from "zod";

const upstreamPort = Number(process.argv[2]);
const t = initTRPC.create();

const router = t.router({
  ask: t.procedure.input(z.object({ model: z.string(), question: z.string() })).subscription(async function* ({
    input,
    signal,
  }) {
    const response = await fetch(`http://127.0.0.1:${upstreamPort}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: input.model,
        stream: true,
        messages: [{ role: "user", content: input.question }],
      }),
      ...(signal && { signal }),
    });
    let id = 0;
    let rest = "";
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = (rest + piece).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (!line.startsWith("data: {")) continue;
        const text: unknown = JSON.parse(line.slice(6)).choices[0]?.delta.content;
        if (typeof text === "string" && text !== "") yield tracked(String(++id), { text });
      }
    }
  }),
});

const handle = createHTTPHandler({ router, basePath: "/trpc/" });
const server = createServer((request, response) => {
  if (request.url === "/healthz") response.end();
  else handle(request, response);
});
applyWSSHandler({ wss: new WebSocketServer({ server }), router });
server.listen({ host: "127.0.0.1", port: Number(process.argv[3]), backlog: 4_096 });
