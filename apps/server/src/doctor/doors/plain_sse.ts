import { call } from "../../caller/call.ts";
import { eventsOf } from "../../caller/events_of.ts";
import { DOCTOR_ROUTE } from "../doctor_route.ts";
import type { Door } from "./door.ts";
import { QUESTION } from "./door.ts";

interface Frame {
  type: string;
  data?: string;
  payload: { conversation_id?: string };
}

/** `POST /admin/api/chat/stream`. */
export const plainSseDoor: Door = {
  id: "plain-sse",
  name: { en: "Plain SSE (/admin/api/chat/stream)", ar: "‏SSE البسيط (‎/admin/api/chat/stream)" },
  isStreamed: true,
  async listen(access, ear, signal) {
    const body = { question: QUESTION, route: DOCTOR_ROUTE };
    const response = await call(access, "/admin/api/chat/stream", { signal, body });
    for await (const event of eventsOf(response, () => ear.life())) {
      const { type, data = "", payload } = JSON.parse(event.data) as Frame;
      ear.conversationId ??= payload.conversation_id;
      if (type === "data") ear.hear(data);
      if (type === "end") return;
    }
  },
};
