import type { SseItem } from "@cogniforge/core/sse";
import { decodeSse } from "@cogniforge/core/sse";

type SseEvent = Extract<SseItem, { type: "event" }>;

/**
 * The events of a response, one by one.
 *
 * @param onLife Called whenever anything came, comments included.
 */
export async function* eventsOf({ body }: Response, onLife: () => void): AsyncGenerator<SseEvent> {
  if (body === null) return;
  for await (const batch of decodeSse(body)) {
    onLife();
    for (const item of batch) if (item.type === "event") yield item;
  }
}
