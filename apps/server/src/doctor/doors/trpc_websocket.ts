import type { AnswerEvent } from "@cogniforge/core/events";
import { WebSocket } from "ws";
import { authorizationOf, ForeignReplyError } from "../../caller/access.ts";
import { mutate } from "../../caller/call.ts";
import { DOCTOR_ROUTE } from "../doctor_route.ts";
import type { Door } from "./door.ts";
import { QUESTION } from "./door.ts";
import type { Started } from "./trpc_sse.ts";

/** A message of tRPC's WebSocket protocol, as far as it is read here. */
interface Message {
  id?: number;
  result?: { type: string; data?: { id: string; data: AnswerEvent } };
  error?: { message: string };
}

/** `answers.start`, then `answers.watch` over a WebSocket. */
export const trpcWebSocketDoor: Door = {
  id: "trpc-websocket",
  name: { en: "tRPC over WebSocket (/trpc)", ar: "‏tRPC عبر WebSocket ‏(‎/trpc)" },
  isStreamed: true,
  async listen(access, ear, signal) {
    const socket = new WebSocket(`${access.url.replace(/^http/, "ws")}/trpc`, {
      headers: authorizationOf(access),
      signal,
    } as ConstructorParameters<typeof WebSocket>[2]);
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once("error", reject);
        socket.once("unexpected-response", (_request, response) =>
          reject(new ForeignReplyError(response.statusCode ?? 0, response.headers.location)),
        );
        socket.once("open", () => resolve());
      });
      const input = { question: QUESTION, route: DOCTOR_ROUTE };
      const { answerId, conversationId, cursor } = await mutate<Started>(access, "answers.start", input, signal);
      ear.conversationId = conversationId;
      await new Promise<void>((resolve, reject) => {
        socket.on("error", reject);
        socket.on("close", () => reject(new Error("The WebSocket was closed before the answer's end")));
        socket.on("message", (bytes) => {
          ear.life();
          const { result, error } = parse(String(bytes));
          if (error !== undefined) reject(new Error(error.message));
          const event = result?.data?.data;
          if (event?.type === "text-delta" || event?.type === "snapshot") ear.hear(event.text);
          if (event?.type === "answer-end") resolve();
        });
        const params = { path: "answers.watch", input: { answerId, lastEventId: cursor } };
        socket.send(JSON.stringify({ id: 1, method: "subscription", params }));
      });
    } finally {
      socket.removeAllListeners();
      socket.on("error", () => {});
      socket.terminate();
    }
  },
};

/** The server's pings are no JSON. */
function parse(text: string): Message {
  return text.startsWith("{") ? (JSON.parse(text) as Message) : {};
}
