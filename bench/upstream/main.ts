// A provider with OpenAI's chat completions as a process of its own, by hand over `node:net`, so that it is not what is measured.
import { createServer, type Socket } from "node:net";
import { HttpReader } from "../wire/http_reader.ts";
import { isModeName, MODES, type ModeName } from "../wire/modes.ts";
import { nowUs } from "../wire/token_text.ts";
import { sendAnswer } from "./answer.ts";
import { Pace } from "./pace.ts";
import { type Packet, stamped, streamPackets, wholePacket } from "./packets.ts";

/** What this process says and hears over its channel. */
export type UpstreamMessage = { port: number } | { requests: number };

/** Room for every stream of the largest scenario to come at once. */
const BACKLOG = 8_192;

const pace = new Pace();
const streams = new Map<ModeName, Packet[]>();
const wholes = new Map<ModeName, Packet>();
let requests = 0;

const server = createServer({ noDelay: true }, (socket) => {
  let body = "";
  const reader = new HttpReader({
    head() {
      body = "";
    },
    body(piece) {
      body += piece.toString("latin1");
    },
    end() {
      requests++;
      answer(socket, body);
    },
  });
  socket.on("data", (bytes) => reader.push(bytes));
  // Readers that leave are a part of the bench.
  socket.on("error", () => socket.destroy());
});

function answer(socket: Socket, body: string): void {
  const name = /"model" *: *"([^"]+)"/.exec(body)?.[1] ?? "";
  if (!isModeName(name)) {
    const message = JSON.stringify({ error: { message: `The model '${name}' is not known`, type: "not_found" } });
    socket.write(`HTTP/1.1 404 Not Found\r\nContent-Length: ${message.length}\r\n\r\n${message}`);
    return;
  }
  const mode = MODES[name];
  if (/"stream" *: *true/.test(body)) sendAnswer(socket, made(streams, name, streamPackets), mode, pace);
  else socket.write(stamped(made(wholes, name, wholePacket), nowUs()));
}

function made<T>(
  known: Map<ModeName, T>,
  name: ModeName,
  make: (name: string, mode: (typeof MODES)[ModeName]) => T,
): T {
  const found = known.get(name) ?? make(name, MODES[name]);
  known.set(name, found);
  return found;
}

server.listen({ host: "127.0.0.1", port: 0, backlog: BACKLOG }, () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) process.send?.({ port: address.port } satisfies UpstreamMessage);
});
process.on("message", () => process.send?.({ requests } satisfies UpstreamMessage));
process.on("disconnect", () => process.exit(0));
