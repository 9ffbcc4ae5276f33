import type { Socket } from "node:net";
import type { Mode } from "../wire/modes.ts";
import { nowUs } from "../wire/token_text.ts";
import type { Pace } from "./pace.ts";
import type { Packet } from "./packets.ts";
import { stamped } from "./packets.ts";

/** Sends an answer's packets at its mode's pace, waits for a reader that is slow, and stops when it has gone. */
export function sendAnswer(socket: Socket, packets: readonly Packet[], { everyMs }: Mode, pace: Pace): void {
  let index = 0;
  let dueMs = performance.now();
  const send = () => {
    const packet = packets[index++];
    if (packet === undefined || socket.destroyed) return;
    const hasRoom = socket.write(stamped(packet, nowUs()));
    if (index === packets.length) return;
    if (!hasRoom) socket.once("drain", next);
    else next();
  };
  const next = () => {
    dueMs += everyMs;
    if (everyMs === 0) setImmediate(send);
    else pace.at(dueMs, send);
  };
  send();
}
