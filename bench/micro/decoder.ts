import { SseDecoder } from "../../packages/core/sse/mod.ts";
import { streamPackets } from "../upstream/packets.ts";
import { MODES } from "../wire/modes.ts";
import { type MicroResult, perSecond } from "./repeat.ts";

/** How many events of a provider's stream are decoded in a second, ten of them in a read. */
export async function benchDecoder(forMs: number): Promise<MicroResult[]> {
  const reads = streamPackets("bulk", MODES.bulk).map(({ bytes }) => {
    const text = bytes.toString("latin1");
    return Buffer.from(text.slice(text.indexOf("data: "), text.lastIndexOf("\n\n") + 2));
  });
  const decode = () => {
    const decoder = new SseDecoder();
    for (const read of reads) decoder.push(read);
  };
  return [{ name: "SSE decoder", unit: "events", perSecond: await perSecond(forMs, MODES.bulk.tokens, decode) }];
}
