import type { Mode } from "../wire/modes.ts";
import { NUMBER_DIGITS, tokenText, writeTime } from "../wire/token_text.ts";

/** One packet of an answer as it goes over the wire, but for the times of its tokens. */
export interface Packet {
  bytes: Buffer;
  /** Where the digits of each token's time begin. */
  times: number[];
}

const HEAD =
  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n";

/** All packets of a streamed answer, made once for each model: sending one is a copy and twelve digits a token. */
export function streamPackets(model: string, mode: Mode): Packet[] {
  const packets: Packet[] = [];
  for (let from = 0; from < mode.tokens; from += mode.perPacket) {
    const to = Math.min(mode.tokens, from + mode.perPacket);
    const frames = from === 0 ? [frame(model, { role: "assistant", content: "" }, null)] : [];
    for (let number = from; number < to; number++) {
      frames.push(frame(model, { content: tokenText(number, 0) }, null));
    }
    if (to === mode.tokens) frames.push(frame(model, {}, "stop"), usage(model, mode.tokens), "data: [DONE]\n\n");
    const body = frames.join("");
    const isLast = to === mode.tokens;
    const text = `${from === 0 ? HEAD : ""}${body.length.toString(16)}\r\n${body}\r\n${isLast ? "0\r\n\r\n" : ""}`;
    packets.push(packetOf(text));
  }
  return packets;
}

/** The same answer in one piece of JSON. */
export function wholePacket(model: string, mode: Mode): Packet {
  const content = Array.from({ length: mode.tokens }, (_, number) => tokenText(number, 0)).join("");
  const body = JSON.stringify({
    id: "chatcmpl-bench",
    object: "chat.completion",
    created: 1_790_000_000,
    model,
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: usageOf(mode.tokens),
  });
  return packetOf(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
}

/** The packet's bytes with the time at which it leaves. */
export function stamped(packet: Packet, timeUs: number): Buffer {
  const bytes = Buffer.from(packet.bytes);
  for (const at of packet.times) writeTime(bytes, at, timeUs);
  return bytes;
}

function packetOf(text: string): Packet {
  const times = [...text.matchAll(/\d{5}@\d{12} /g)].map(({ index }) => index + NUMBER_DIGITS + 1);
  return { bytes: Buffer.from(text, "latin1"), times };
}

function frame(model: string, delta: object, finishReason: string | null): string {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  return `data: ${JSON.stringify({ ...envelope(model), choices })}\n\n`;
}

function usage(model: string, tokens: number): string {
  return `data: ${JSON.stringify({ ...envelope(model), choices: [], usage: usageOf(tokens) })}\n\n`;
}

function envelope(model: string) {
  return { id: "chatcmpl-bench", object: "chat.completion.chunk", created: 1_790_000_000, model };
}

function usageOf(tokens: number) {
  return { prompt_tokens: 12, completion_tokens: tokens, total_tokens: tokens + 12 };
}
