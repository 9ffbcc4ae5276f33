import { setTimeout as wait } from "node:timers/promises";
import type { BackoffPolicy } from "@cogniforge/core/resilience";
import { backoffMs } from "@cogniforge/core/resilience";
import type { Access } from "./access.ts";
import { RefusedError } from "./call.ts";
import type { Heard } from "./subscribe.ts";
import { subscribe } from "./subscribe.ts";

/** Three of the server's pings: a connection that is silent for longer is dead, in milliseconds. */
const SILENCE_MS = 15_000;

/** Of nothing but failures, in milliseconds. */
const GIVE_UP_AFTER_MS = 120_000;

const BACKOFF: BackoffPolicy = { baseMs: 250, capMs: 3_000 };

export interface FollowOptions {
  answerId: string;
  /** Position to begin after. */
  cursor: string;
  signal: AbortSignal;
  /** Told when the connection was lost, before the next try. */
  onLost?: () => void;
}

/**
 * The events of an answer, each exactly once over however many connections, up to its end.
 *
 * @throws {RefusedError} What the server says.
 * @throws {Error} The last failure, when nothing could be reached for two minutes.
 */
export async function* follow(access: Access, options: FollowOptions): AsyncGenerator<Heard> {
  const { answerId, signal, onLost } = options;
  let { cursor } = options;
  let failures = 0;
  let failingSince: number | undefined;
  for (;;) {
    try {
      for await (const heard of once(access, answerId, cursor, signal)) {
        failures = 0;
        failingSince = undefined;
        cursor = heard.cursor;
        yield heard;
        if (heard.event.type === "answer-end") return;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RefusedError && error.status < 500) throw error;
      failingSince ??= performance.now();
      if (performance.now() - failingSince > GIVE_UP_AFTER_MS) throw error;
    }
    failures += 1;
    onLost?.();
    await wait(backoffMs(failures, Math.random(), BACKOFF), undefined, { signal });
  }
}

/** One connection, which ends when it falls silent. */
async function* once(access: Access, answerId: string, cursor: string, signal: AbortSignal): AsyncGenerator<Heard> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error("The connection fell silent")), SILENCE_MS);
  const either = AbortSignal.any([signal, silence.signal]);
  try {
    yield* subscribe(access, { answerId, cursor, signal: either, onLife: () => timer.refresh() });
  } finally {
    clearTimeout(timer);
  }
}
