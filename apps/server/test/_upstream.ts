import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createNetServer } from "node:net";

/** One request that a fake upstream has got. */
export interface UpstreamRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** The body as JSON; `undefined` if it is none. */
  json: Record<string, unknown> | undefined;
  /** Resolves when the connection of this exchange is given up or the response has been sent. */
  closed: Promise<void>;
}

/** What a fake upstream answers. */
export interface UpstreamReply {
  /** Default 200. */
  status?: number;
  headers?: Record<string, string>;
  /** The body; each piece is one write, and leaves before the next one is asked for. */
  pieces?: Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;
  /** After the last piece: the end of the body (default), an end without its end mark, a reset, or silence. */
  end?: "end" | "cut" | "reset" | "hang";
}

export interface Upstream extends AsyncDisposable {
  /** Without a slash at the end. */
  url: string;
  /** In the order in which they came. */
  requests: readonly UpstreamRequest[];
}

/** Starts a provider on 127.0.0.1; `answer` decides on each request when it is there with its body. */
export async function startUpstream(
  answer: (request: UpstreamRequest, index: number) => UpstreamReply | Promise<UpstreamReply>,
): Promise<Upstream> {
  const requests: UpstreamRequest[] = [];
  const server = createServer((request, response) => void serve(request, response));
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    const closed = new Promise<void>((resolve) => response.once("close", () => resolve()));
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // Whoever asked has left before the end of the question.
    }
    const { method = "", url: path = "", headers } = request;
    const got = { method, path, headers, json: parseObject(Buffer.concat(chunks).toString("utf8")), closed };
    requests.push(got);
    await reply(response, await answer(got, requests.length - 1));
  };
  return { ...(await listen(server, () => server.closeAllConnections())), requests };
}

/** Starts an upstream that speaks whatever bytes `onConnection` writes. */
export async function startRawUpstream(onConnection: (socket: Socket) => void): Promise<Omit<Upstream, "requests">> {
  const sockets = new Set<Socket>();
  const server = createNetServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    onConnection(socket);
  });
  return await listen(server, () => {
    for (const socket of sockets) socket.destroy();
  });
}

/** The pieces of a chat completion stream: one SSE event for each chunk, and the end mark. */
export function chatStream(...chunks: (Record<string, unknown> | string)[]): string[] {
  return [...chunks.map((chunk) => `data: ${JSON.stringify(chunkOf(chunk))}\n\n`), "data: [DONE]\n\n"];
}

/** A chunk of text; or a chunk's own fields beside those that every chunk has. */
export function chunkOf(chunk: Record<string, unknown> | string): Record<string, unknown> {
  const base = { id: "chatcmpl-upstream", object: "chat.completion.chunk", created: 1_790_000_000, model: "model-1" };
  if (typeof chunk !== "string") return { ...base, ...chunk };
  return { ...base, choices: [{ index: 0, delta: { content: chunk }, finish_reason: null }] };
}

/** The chunk that ends a text well. */
export const STOP = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };

export const EVENT_STREAM = { "content-type": "text/event-stream" };
export const JSON_TYPE = { "content-type": "application/json" };

/** A whole good stream of texts. */
export function streamReply(...texts: string[]): UpstreamReply {
  return { headers: EVENT_STREAM, pieces: chatStream(...texts, STOP) };
}

async function reply(response: ServerResponse, { status = 200, headers, pieces = [], end = "end" }: UpstreamReply) {
  response.writeHead(status, headers);
  response.flushHeaders();
  for await (const piece of pieces) {
    if (response.destroyed) return;
    // Not before the bytes are with the kernel: a cut or a reset must not take back what was said.
    await new Promise<void>((resolve) => response.write(piece, () => resolve()));
  }
  if (end === "end") response.end();
  else if (end === "cut") response.socket?.destroySoon();
  else if (end === "reset") response.socket?.resetAndDestroy();
}

async function listen(server: Server, cut: () => void) {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
