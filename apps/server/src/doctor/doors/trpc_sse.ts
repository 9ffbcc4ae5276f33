import { mutate } from "../../caller/call.ts";
import { subscribe } from "../../caller/subscribe.ts";
import { DOCTOR_ROUTE } from "../doctor_route.ts";
import type { Door } from "./door.ts";
import { QUESTION } from "./door.ts";

export interface Started {
  answerId: string;
  conversationId?: string;
  cursor: string;
}

/** `answers.start`, then `answers.watch` as an event stream. */
export const trpcSseDoor: Door = {
  id: "trpc-sse",
  name: { en: "tRPC over SSE (/trpc)", ar: "‏tRPC عبر SSE ‏(‎/trpc)" },
  isStreamed: true,
  async listen(access, ear, signal) {
    const input = { question: QUESTION, route: DOCTOR_ROUTE };
    const { answerId, conversationId, cursor } = await mutate<Started>(access, "answers.start", input, signal);
    ear.conversationId = conversationId;
    const onLife = () => ear.life();
    for await (const { event } of subscribe(access, { answerId, cursor, signal, onLife })) {
      if (event.type === "text-delta") ear.hear(event.text);
      if (event.type === "snapshot") ear.hear(event.text);
      if (event.type === "answer-end") return;
    }
  },
};
