import { call } from "../../caller/call.ts";
import { eventsOf } from "../../caller/events_of.ts";
import { DOCTOR_ROUTE } from "../doctor_route.ts";
import type { Door } from "./door.ts";
import { QUESTION } from "./door.ts";

interface StreamEvent {
  type: string;
  delta?: { type: string; text?: string };
}

/** `POST /v1/messages`, streamed. */
export const messagesDoor: Door = {
  id: "messages",
  name: { en: "Anthropic, streamed (/v1/messages)", ar: "‏Anthropic ببث متصل (‎/v1/messages)" },
  isStreamed: true,
  async listen(access, ear, signal) {
    const body = {
      model: DOCTOR_ROUTE,
      max_tokens: 1000,
      stream: true,
      messages: [{ role: "user", content: QUESTION }],
    };
    const headers = { "anthropic-version": "2023-06-01" };
    const response = await call(access, "/v1/messages", { signal, body, headers });
    for await (const event of eventsOf(response, () => ear.life())) {
      const { type, delta } = JSON.parse(event.data) as StreamEvent;
      if (delta?.type === "text_delta" && delta.text) ear.hear(delta.text);
      if (type === "message_stop") return;
    }
  },
};
