import type { WebSocket } from "ws";
import { TokenBucket } from "../../limits/mod.ts";

/** What may wait for a reader on one socket, in bytes: several whole answers. Whoever is further behind comes back with its cursor. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;

/** Messages and pings of one socket: a console sends some in a second, a burst when it comes back. */
const MESSAGES = { burst: 1_000, perMinute: 6_000 };

/** Status of a socket that is used against the rules: RFC 6455, section 7.4.1. */
const POLICY_VIOLATION = 1008;

export interface GuardSocketOptions {
  /** Whether whoever opened the socket is known at this moment. */
  isKnown: () => Promise<boolean>;
  /** How long a socket may be nobody's, in milliseconds. */
  nobodyMs: number;
}

/**
 * Bounds what one WebSocket may cost: a reader who takes nothing, a flood of messages or pings, and a socket that is nobody's.
 *
 * The adapter of tRPC sends without looking whether the reader keeps up. Whoever answers no pings at all is found by its keep-alive.
 */
export function guardSocket(socket: WebSocket, { isKnown, nobodyMs }: GuardSocketOptions): void {
  const send = socket.send.bind(socket) as (...data: unknown[]) => void;
  const isBehind = () => socket.bufferedAmount > MAX_UNSENT_BYTES;
  socket.send = (...data: unknown[]) => {
    // No farewell: it would wait behind what is not read.
    if (isBehind()) socket.terminate();
    else send(...data);
  };

  const bucket = new TokenBucket(MESSAGES);
  const count = () => {
    if (isBehind()) return socket.terminate();
    if (bucket.take() === 0) return;
    socket.close(POLICY_VIOLATION, "Too many messages");
    socket.removeAllListeners("message");
    socket.pause();
    socket.terminate();
  };
  socket.on("message", count);
  socket.on("ping", count);

  const watching = setInterval(() => {
    isKnown().then(
      (known) => {
        if (!known) socket.close(POLICY_VIOLATION, "Nobody is signed in here");
      },
      // Who it was cannot be told now: the next look will.
      () => {},
    );
  }, nobodyMs);
  socket.once("close", () => clearInterval(watching));
}
