import { call } from "../../caller/call.ts";
import { eventsOf } from "../../caller/events_of.ts";
import { DOCTOR_ROUTE } from "../doctor_route.ts";
import type { Door } from "./door.ts";
import { QUESTION } from "./door.ts";

const REQUEST = { model: DOCTOR_ROUTE, messages: [{ role: "user", content: QUESTION }] };

interface Chunk {
  choices: { delta: { content?: string | null } }[];
}

interface Completion {
  choices: { message: { content: string } }[];
}

/** `POST /v1/chat/completions`, streamed. */
export const v1StreamDoor: Door = {
  id: "v1-stream",
  name: { en: "OpenAI, streamed (/v1/chat/completions)", ar: "‏OpenAI ببث متصل (‎/v1/chat/completions)" },
  isStreamed: true,
  async listen(access, ear, signal) {
    const response = await call(access, "/v1/chat/completions", { signal, body: { ...REQUEST, stream: true } });
    for await (const event of eventsOf(response, () => ear.life())) {
      if (event.data === "[DONE]") return;
      const text = (JSON.parse(event.data) as Chunk).choices[0]?.delta.content;
      if (text) ear.hear(text);
    }
  },
};

/** `POST /v1/chat/completions`, in one piece. */
export const v1Door: Door = {
  id: "v1",
  name: { en: "OpenAI, in one piece (/v1/chat/completions)", ar: "‏OpenAI دفعة واحدة (‎/v1/chat/completions)" },
  isStreamed: false,
  async listen(access, ear, signal) {
    const response = await call(access, "/v1/chat/completions", { signal, body: REQUEST });
    const completion = (await response.json()) as Completion;
    ear.hear(completion.choices[0]?.message.content ?? "");
  },
};
